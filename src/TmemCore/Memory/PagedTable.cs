namespace TmemCore.Memory;

/// <summary>
/// A table that grows from its low end: pages are committed and cleared the first time that a record in them is used, and
/// given back when the table is shortened. Callers serialize changes.
/// </summary>
internal sealed class PagedTable(Arena arena, long offset, int recordBytes)
{
    private long _committedBytes;

    public long CommittedBytes => _committedBytes;

    /// <summary>Commits whatever is missing so that the first <paramref name="records"/> records may be touched.</summary>
    /// <returns>False when memory is short; nothing is changed then.</returns>
    public bool TryReach(long records)
    {
        long wanted = ArenaLayout.Align(records * recordBytes, ArenaLayout.PageBytes);
        if (wanted <= _committedBytes)
        {
            return true;
        }

        if (!arena.TryCommitMetadata(wanted - _committedBytes))
        {
            return false;
        }

        arena.Clear(offset + _committedBytes, wanted - _committedBytes);
        _committedBytes = wanted;
        return true;
    }

    /// <summary>Gives back the pages behind the first <paramref name="records"/> records.</summary>
    public void Shorten(long records)
    {
        long wanted = ArenaLayout.Align(records * recordBytes, ArenaLayout.PageBytes);
        if (wanted < _committedBytes)
        {
            arena.ReleaseMetadata(offset + wanted, _committedBytes - wanted);
            _committedBytes = wanted;
        }
    }
}
