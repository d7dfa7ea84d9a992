namespace TmemCore.Tool.Guest;

/// <summary>
/// An operating system's memory management in small. Pages of files are read into memory of its own; what falls out of it
/// goes to tmem, and what it misses is asked of tmem before the disk.
/// </summary>
internal sealed class OsGuest(
    FileSet files, PageCache cache, CleanPages clean, AnonymousMemory anonymous, DiskReader disk, GuestMeters meters)
{
    /// <summary>One visit in so many to an anonymous page writes to it.</summary>
    private const int VisitsPerWrite = 4;

    private int _anonymousVisits;

    /// <summary>Uses a page.</summary>
    /// <param name="file">A file.</param>
    /// <param name="block">A block of it.</param>
    public void Visit(GuestFile file, int block)
    {
        int page = file.FirstPage + block;
        bool isFirst = false;
        if (!cache.TryFind(page, out int slot) && !TryBringIn(file, page, out slot, out isFirst))
        {
            return;
        }

        if (anonymous.Contains(page) && (isFirst || ++_anonymousVisits % VisitsPerWrite == 0))
        {
            anonymous.Write(page, cache[slot], _anonymousVisits);
        }
    }

    private bool TryBringIn(GuestFile file, int page, out int slot, out bool isFromFile)
    {
        slot = cache.MakeRoom(out int evicted);
        if (evicted >= 0)
        {
            Release(evicted, cache[slot]);
        }

        Span<byte> content = cache[slot];
        bool isBack = anonymous.Contains(page)
            ? anonymous.TrySwapIn(page, content)
            : clean.TryTakeBack(file, page, content);
        isFromFile = !isBack;
        if (isFromFile)
        {
            if (!disk.TryRead(file, page - file.FirstPage, content))
            {
                cache.Abandon(slot);
                return false;
            }

            meters.DiskReads++;
        }

        cache.Enter(slot, page);
        return true;
    }

    private void Release(int page, ReadOnlySpan<byte> content)
    {
        if (anonymous.Contains(page))
        {
            anonymous.SwapOut(page, content);
        }
        else
        {
            clean.Keep(files.FileOf(page), page, content);
        }
    }
}
