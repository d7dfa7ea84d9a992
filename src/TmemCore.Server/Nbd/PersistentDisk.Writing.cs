using System.Numerics;

namespace TmemCore.Server.Nbd;

/// <summary>Writing a disk, and freeing parts of it.</summary>
internal sealed partial class PersistentDisk
{
    private static readonly byte[] s_zeros = new byte[PageBytes];

    /// <summary>Writes a range. A page that is zeros all over is freed instead.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="data">Its bytes, all of them on the disk.</param>
    /// <param name="scratch">The thread's own.</param>
    /// <returns>An error when some of it could not be kept; pages that were to be written in part only are as they were, or written.</returns>
    public NbdError Write(long offset, ReadOnlySpan<byte> data, PageScratch scratch)
    {
        NbdError worst = NbdError.None;
        while (!data.IsEmpty)
        {
            long number = offset / ObjectBytes;
            int start = (int)(offset % ObjectBytes);
            int part = Math.Min(data.Length, ObjectBytes - start);
            NbdError error;
            lock (StripeOf(number))
            {
                error = WriteTo(number, start, data[..part], scratch);
            }

            worst = worst == NbdError.None ? error : worst;
            offset += part;
            data = data[part..];
        }

        return worst;
    }

    /// <summary>Makes a range zeros.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Its bytes, all of them on the disk.</param>
    /// <param name="isKept">Whether the pages are to be kept as pages of zeros, and not freed.</param>
    /// <param name="scratch">The thread's own.</param>
    public NbdError Zero(long offset, long length, bool isKept, PageScratch scratch)
    {
        NbdError worst = NbdError.None;
        while (length > 0)
        {
            long number = offset / ObjectBytes;
            int start = (int)(offset % ObjectBytes);
            int part = (int)Math.Min(length, ObjectBytes - start);
            if (isKept || PresentIn(number) != 0)
            {
                lock (StripeOf(number))
                {
                    NbdError error = ZeroIn(number, start, part, isKept, scratch);
                    worst = worst == NbdError.None ? error : worst;
                }
            }

            offset += part;
            length -= part;
        }

        return worst;
    }

    /// <summary>Frees the pages that a range has all of; others stay.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Its bytes, all of them on the disk.</param>
    public NbdError Trim(long offset, long length)
    {
        NbdError worst = NbdError.None;
        long page = (offset + PageBytes - 1) / PageBytes;
        long end = PageEnd(offset + length);
        while (page < end)
        {
            long number = page / ObjectPages;
            int first = (int)(page % ObjectPages);
            int count = (int)Math.Min(end - page, ObjectPages - first);
            if (PresentIn(number) != 0)
            {
                lock (StripeOf(number))
                {
                    NbdError error = Free(number, PageMap.Bits(first, count));
                    worst = worst == NbdError.None ? error : worst;
                }
            }

            page += count;
        }

        return worst;
    }

    /// <summary>The first page behind those that end at a place or before it; the disk's own end is the end of its last page.</summary>
    private long PageEnd(long end) => end == SizeBytes ? (end + PageBytes - 1) / PageBytes : end / PageBytes;

    /// <summary>Writes into one object; its lock is held.</summary>
    private NbdError WriteTo(long number, int start, ReadOnlySpan<byte> data, PageScratch scratch)
    {
        NbdError worst = NbdError.None;
        while (!data.IsEmpty)
        {
            int page = start / PageBytes;
            int within = start % PageBytes;
            int part = data.Length / PageBytes * PageBytes;
            NbdError error;
            if (within != 0 || part == 0)
            {
                part = Math.Min(PageBytes - within, data.Length);
                error = Merge(number, page, within, data[..part], isKept: false, scratch);
            }
            else
            {
                error = WritePages(number, page, data[..part], scratch);
            }

            worst = worst == NbdError.None ? error : worst;
            start += part;
            data = data[part..];
        }

        return worst;
    }

    /// <summary>Makes a range of one object zeros; its lock is held.</summary>
    private NbdError ZeroIn(long number, int start, int length, bool isKept, PageScratch scratch)
    {
        NbdError worst = NbdError.None;
        long pageEnd = PageEnd((number * ObjectBytes) + start + length) - (number * ObjectPages);
        for (int end = start + length; start < end;)
        {
            int page = start / PageBytes;
            int within = start % PageBytes;
            int part = (int)Math.Min(PageBytes - within, end - start);
            NbdError error = NbdError.None;
            if (within == 0 && page < pageEnd)
            {
                int count = (int)pageEnd - page;
                part = Math.Min(count * PageBytes, end - start);
                error = isKept ? KeepZeros(number, page, count) : Free(number, PageMap.Bits(page, count));
            }
            else if (isKept || ((PresentIn(number) >> page) & 1) != 0)
            {
                error = Merge(number, page, within, s_zeros.AsSpan(0, part), isKept, scratch);
            }

            worst = worst == NbdError.None ? error : worst;
            start += part;
        }

        return worst;
    }

    /// <summary>Writes a part of a page. If there is no room for it as it is then, it stays as it was.</summary>
    private NbdError Merge(long number, int page, int within, ReadOnlySpan<byte> data, bool isKept, PageScratch scratch)
    {
        NbdError error = ReadPage(number, page, scratch.Page, scratch);
        if (error != NbdError.None)
        {
            return error;
        }

        scratch.Page.CopyTo(scratch.Before, 0);
        bool wasThere = ((PresentIn(number) >> page) & 1) != 0;
        data.CopyTo(scratch.Page.AsSpan(within));
        error = isKept || !IsZero(scratch.Page) ? Keep(number, page, scratch.Page) : Free(number, 1UL << page);
        if (error != NbdError.None && wasThere && ((PresentIn(number) >> page) & 1) == 0)
        {
            // What the store has dropped over the refusal has just left the room that it took.
            _ = Keep(number, page, scratch.Before);
        }

        return error;
    }

    /// <summary>Writes whole pages, those of zeros by freeing them.</summary>
    private NbdError WritePages(long number, int firstPage, ReadOnlySpan<byte> data, PageScratch scratch)
    {
        NbdError worst = NbdError.None;
        int count = data.Length / PageBytes;
        for (int done = 0; done < count;)
        {
            bool isZero = IsZero(data.Slice(done * PageBytes, PageBytes));
            int next = done + 1;
            while (next < count && IsZero(data.Slice(next * PageBytes, PageBytes)) == isZero)
            {
                next++;
            }

            NbdError error = isZero
                ? Free(number, PageMap.Bits(firstPage + done, next - done))
                : KeepPages(number, firstPage + done, data[(done * PageBytes)..(next * PageBytes)], scratch);
            worst = worst == NbdError.None ? error : worst;
            done = next;
        }

        return worst;
    }

    private NbdError KeepPages(long number, int firstPage, ReadOnlySpan<byte> data, PageScratch scratch)
    {
        int count = data.Length / PageBytes;
        if (count == 1)
        {
            return Keep(number, firstPage, data);
        }

        _pool.PutMany(scratch.Name((ulong)number, firstPage, count), data, scratch.Stored);
        NbdError worst = NbdError.None;
        for (int i = 0; i < count; i++)
        {
            NbdError error = Note(number, firstPage + i, data.Slice(i * PageBytes, PageBytes), scratch.Stored[i]);
            worst = worst == NbdError.None ? error : worst;
        }

        return worst;
    }

    private NbdError Keep(long number, int page, ReadOnlySpan<byte> data) =>
        Note(number, page, data, _pool.Put((ulong)number, (uint)page, data));

    private NbdError KeepZeros(long number, int firstPage, int count)
    {
        NbdError worst = NbdError.None;
        for (int page = firstPage; page < firstPage + count; page++)
        {
            NbdError error = Keep(number, page, s_zeros);
            worst = worst == NbdError.None ? error : worst;
        }

        return worst;
    }

    /// <summary>Notes where a page is that has been put, or puts it where it may be.</summary>
    private NbdError Note(long number, int page, ReadOnlySpan<byte> data, PutResult result)
    {
        ulong bit = 1UL << page;
        if (result == PutResult.Stored)
        {
            _kept.Add(number, bit);
            FreeSpilled(number, bit);
            return NbdError.None;
        }

        if (result is PutResult.PageDropped or PutResult.Unreadable)
        {
            _kept.Remove(number, bit);
        }

        if (result == PutResult.Unavailable)
        {
            return NbdError.InputOutput;
        }

        if (_spill is null || !_spill.TryWrite((number * ObjectPages) + page, data))
        {
            return NbdError.NoSpace;
        }

        // The refusal may have left an older page where it was: from now on it is none of the disk's.
        _pool.FlushPage((ulong)number, (uint)page);
        _kept.Remove(number, bit);
        _spilled!.Add(number, bit);
        return NbdError.None;
    }

    /// <summary>Frees pages of an object, wherever they are.</summary>
    private NbdError Free(long number, ulong pages)
    {
        ulong kept = _kept[number] & pages;
        bool isGone = false;
        if (kept == _kept[number] && BitOperations.PopCount(kept) > 1)
        {
            isGone = _pool.FlushObject((ulong)number) == FlushResult.Unavailable;
        }
        else
        {
            for (ulong left = kept; left != 0 && !isGone; left &= left - 1)
            {
                isGone = _pool.FlushPage((ulong)number, (uint)BitOperations.TrailingZeroCount(left)) == FlushResult.Unavailable;
            }
        }

        // Pages of a pool that is gone stay noted: they are lost, and do not read as zeros.
        if (!isGone)
        {
            _kept.Remove(number, kept);
        }

        FreeSpilled(number, pages);
        return isGone ? NbdError.InputOutput : NbdError.None;
    }

    private void FreeSpilled(long number, ulong pages)
    {
        ulong spilled = SpilledOf(number) & pages;
        if (spilled == 0)
        {
            return;
        }

        _spilled!.Remove(number, spilled);
        while (spilled != 0)
        {
            int first = BitOperations.TrailingZeroCount(spilled);
            int count = BitOperations.TrailingZeroCount(~(spilled >> first));
            _spill!.Free((number * ObjectPages) + first, count);
            spilled &= ~PageMap.Bits(first, count);
        }
    }

    private static bool IsZero(ReadOnlySpan<byte> page) => !page.ContainsAnyExcept((byte)0);
}
