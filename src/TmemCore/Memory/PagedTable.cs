namespace TmemCore.Memory;

/// <summary>
/// A table that grows from its low end: pages are committed and cleared the first time that a record in them is used, and
/// given back when the table is shortened. Callers serialize changes.
/// </summary>
/// <param name="arena">Where it lies.</param>
/// <param name="offset">Where it begins.</param>
/// <param name="recordBytes">The size of a record.</param>
/// <param name="hugeEnd">Where its range ends, if it is to grow by huge pages while the budget allows; 0 to grow by pages.</param>
/// <param name="clears">Whether records are zero at first; of those that mean nothing until written that is not wanted.</param>
/// <param name="strideBytes">From one of its pages to the next, if those of other tables lie between; such a table grows by pages.</param>
internal sealed class PagedTable(
    Arena arena, long offset, int recordBytes, long hugeEnd = 0, bool clears = true, long strideBytes = ArenaLayout.PageBytes)
{
    private long _stepBytes = hugeEnd == 0 || strideBytes != ArenaLayout.PageBytes ? ArenaLayout.PageBytes : ArenaLayout.HugePageBytes;
    private long _committedBytes;

    /// <summary>What lies without a gap.</summary>
    private long RunBytes => strideBytes == ArenaLayout.PageBytes ? long.MaxValue / 2 : ArenaLayout.PageBytes;

    public long CommittedBytes => _committedBytes;

    /// <summary>Commits whatever is missing so that the first <paramref name="records"/> records may be touched.</summary>
    /// <returns>False when memory is short; nothing is changed then.</returns>
    public bool TryReach(long records)
    {
        long wanted = records * recordBytes;
        if (wanted <= _committedBytes)
        {
            return true;
        }

        if (_stepBytes > ArenaLayout.PageBytes)
        {
            if (TryCommit(Math.Min(ArenaLayout.Align(wanted, _stepBytes), hugeEnd - offset)))
            {
                return true;
            }

            _stepBytes = ArenaLayout.PageBytes;
            arena.AdviseSmall(offset + _committedBytes, hugeEnd - offset - _committedBytes);
        }

        return TryCommit(ArenaLayout.Align(wanted, ArenaLayout.PageBytes));
    }

    /// <summary>Gives back the pages behind the first <paramref name="records"/> records.</summary>
    public void Shorten(long records)
    {
        long wanted = ArenaLayout.Align(records * recordBytes, ArenaLayout.PageBytes);
        if (wanted < _committedBytes)
        {
            Release(wanted);
        }
    }

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        state.Pass(ref _stepBytes);
        state.Pass(ref _committedBytes);
    }

    private bool TryCommit(long wanted)
    {
        if (!arena.TryCommitMetadata(wanted - _committedBytes))
        {
            return false;
        }

        if (clears)
        {
            Clear(wanted);
        }

        _committedBytes = wanted;
        return true;
    }

    private void Clear(long end)
    {
        for (long at = _committedBytes; at < end; at += RunBytes)
        {
            arena.Clear(PageAt(at), Math.Min(RunBytes, end - at));
        }
    }

    /// <summary>Gives pages back from the end on, so that the count is right should the system refuse to take some.</summary>
    private void Release(long end)
    {
        while (_committedBytes > end)
        {
            long bytes = Math.Min(RunBytes, _committedBytes - end);
            arena.ReleaseMetadata(PageAt(_committedBytes - bytes), bytes);
            _committedBytes -= bytes;
        }
    }

    private long PageAt(long bytes) => offset + (bytes / ArenaLayout.PageBytes * strideBytes);
}
