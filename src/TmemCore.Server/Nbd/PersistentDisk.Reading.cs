using System.Numerics;

namespace TmemCore.Server.Nbd;

/// <summary>Reading a disk.</summary>
internal sealed partial class PersistentDisk
{
    /// <summary>Reads a range; each page of it is as it was at one moment.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="buffer">Takes its bytes, all of them on the disk.</param>
    /// <param name="scratch">The thread's own.</param>
    /// <returns>An error when pages are gone that the disk has not freed; what is in the buffer then means nothing.</returns>
    public NbdError Read(long offset, Span<byte> buffer, PageScratch scratch)
    {
        while (!buffer.IsEmpty)
        {
            long number = offset / ObjectBytes;
            int start = (int)(offset % ObjectBytes);
            int part = Math.Min(buffer.Length, ObjectBytes - start);
            NbdError error;
            lock (StripeOf(number))
            {
                error = ReadFrom(number, start, buffer[..part], scratch);
            }

            if (error != NbdError.None)
            {
                return error;
            }

            offset += part;
            buffer = buffer[part..];
        }

        return NbdError.None;
    }

    /// <summary>Reads from one object; its lock is held.</summary>
    private NbdError ReadFrom(long number, int start, Span<byte> buffer, PageScratch scratch)
    {
        NbdError error = NbdError.None;
        while (!buffer.IsEmpty && error == NbdError.None)
        {
            int page = start / PageBytes;
            int within = start % PageBytes;
            int part = buffer.Length / PageBytes * PageBytes;
            if (within != 0 || part == 0)
            {
                part = Math.Min(PageBytes - within, buffer.Length);
                error = ReadPage(number, page, scratch.Page, scratch);
                scratch.Page.AsSpan(within, part).CopyTo(buffer);
            }
            else
            {
                error = ReadPages(number, page, buffer[..part], scratch);
            }

            start += part;
            buffer = buffer[part..];
        }

        return error;
    }

    private NbdError ReadPage(long number, int page, Span<byte> buffer, PageScratch scratch) => ReadPages(number, page, buffer, scratch);

    /// <summary>Reads whole pages, one stretch after the other that lies in the same place.</summary>
    private NbdError ReadPages(long number, int firstPage, Span<byte> buffer, PageScratch scratch)
    {
        ulong kept = _kept[number];
        ulong spilled = SpilledOf(number);
        int end = firstPage + (buffer.Length / PageBytes);
        for (int page = firstPage; page < end;)
        {
            bool isKept = ((kept >> page) & 1) != 0;
            bool isSpilled = ((spilled >> page) & 1) != 0;
            ulong others = (isKept ? ~kept : isSpilled ? ~spilled : kept | spilled) >> page;
            int count = Math.Min(BitOperations.TrailingZeroCount(others), end - page);
            Span<byte> part = buffer.Slice((page - firstPage) * PageBytes, count * PageBytes);
            if (isKept)
            {
                if (!TryGet(number, page, part, count, scratch))
                {
                    return NbdError.InputOutput;
                }
            }
            else if (!isSpilled)
            {
                part.Clear();
            }
            else if (!_spill!.TryRead((number * ObjectPages) + page, part))
            {
                return NbdError.InputOutput;
            }

            page += count;
        }

        return NbdError.None;
    }

    /// <summary>Pages that the store has, unless somebody has taken them away from the disk.</summary>
    private bool TryGet(long number, int page, Span<byte> buffer, int count, PageScratch scratch) => count == 1
        ? _pool.Get((ulong)number, (uint)page, buffer) == GetResult.Hit
        : _pool.GetMany(scratch.Name((ulong)number, page, count), buffer, scratch.Found) == count;
}
