using System.Buffers;

namespace TmemCore.Caching;

/// <summary>Values on their way in.</summary>
internal sealed partial class ValueStore
{
    /// <summary>Where a head goes, and what has been there.</summary>
    /// <param name="Place">The place.</param>
    /// <param name="Old">The head that is there, the key's own or another's; null where it is free.</param>
    /// <param name="IsOwn">Whether it is the key's own.</param>
    /// <param name="Holder">Where the head is whose chunks the key's id leads to; null when there is none.</param>
    private readonly record struct Seat(HeadPlace Place, Head? Old, bool IsOwn, HeadPlace? Holder);

    /// <summary>Stores a value, or leaves nothing under the key: never the value from before.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">At most <see cref="MaximumValueBytes"/>; read in place.</param>
    /// <param name="lifetime">When it goes.</param>
    /// <returns>Whether it was stored.</returns>
    public bool Write(in CacheKey key, in ReadOnlySequence<byte> value, Lifetime lifetime)
    {
        Head head = Head.For(key, (int)value.Length, lifetime);
        lock (LockOf(key.Id))
        {
            try
            {
                bool isPlain = head.Form == HeadForm.Inline && _heads.PlacesPerKey == 1 && !Volatile.Read(ref ChunkMarkOf(key.Id));
                bool isStored = isPlain ? TryWriteHead(_heads.PlaceOf(key.Id, 0), key, value, head) : TryReplace(key, value, head);
                if (!isStored)
                {
                    Drop(key);
                }

                return isStored;
            }
            catch
            {
                // Whatever threw, the caller's memory or the pool, the caller counts on the new value.
                Drop(key);
                throw;
            }
        }
    }

    /// <summary>Stores a value where there may be others, under the stripe's lock.</summary>
    private bool TryReplace(in CacheKey key, in ReadOnlySequence<byte> value, Head head)
    {
        bool isChunked = head.Form != HeadForm.Inline;
        Seat seat = ChooseSeat(key, isChunked);
        if (IsGone)
        {
            // Where the old value is cannot be seen.
            return false;
        }

        int? oldSlot = seat.Holder == seat.Place ? seat.Old?.Slot : null;
        if (oldSlot is null && (isChunked || !seat.IsOwn))
        {
            MakeSlotsFree(key.Id, seat.Holder, isChunked);
        }

        if (isChunked)
        {
            Volatile.Write(ref ChunkMarkOf(key.Id), true);
            head = head with { Generation = NextGeneration(oldSlot is int slot ? slot ^ 1 : 0) };
        }

        bool isStored = false;
        try
        {
            isStored = (!isChunked || TryWriteChunks(key, value, head)) && TryWriteHead(seat.Place, key, value, head);
        }
        finally
        {
            if (isChunked && !isStored)
            {
                DropSlot(key.Id, head.Slot);
            }
        }

        if (isStored && oldSlot is int left)
        {
            DropSlot(key.Id, left);
        }
        else if (isStored && seat.Old is { Form: not HeadForm.Inline } displaced)
        {
            DropChunks(displaced.Id);
        }

        return isStored;
    }

    /// <summary>The place of the key's head; without one a place that is free, then another key's, which has to go.</summary>
    /// <param name="key">The key.</param>
    /// <param name="needsSlots">Whether it matters who has the chunks that its id leads to.</param>
    private Seat ChooseSeat(in CacheKey key, bool needsSlots)
    {
        Span<byte> page = stackalloc byte[PageBytes];
        Seat best = default;
        HeadPlace? holder = null;
        int rank = -1;
        for (int number = 0; number < _heads.PlacesPerKey; number++)
        {
            HeadPlace place = _heads.PlaceOf(key.Id, number);
            bool isTaken = TryReadHead(place, page, out int length, out FoundHead found);
            bool isOwn = isTaken && found.Head.MayBeOf(key, page[..length]);
            holder = isTaken && found.Head.HasChunksOf(key.Id) ? place : holder;
            int rankHere = isOwn ? 2 : isTaken ? 0 : 1;
            if (rankHere > rank)
            {
                (best, rank) = (new Seat(place, isTaken ? found.Head : null, isOwn, null), rankHere);
            }

            if (isOwn && (!needsSlots || holder == place))
            {
                break;
            }
        }

        return best with { Holder = holder };
    }

    /// <summary>
    /// Frees chunks whose head is gone. Those of another key with the same id stay, unless they are in the way: then they go, and their head before them.
    /// </summary>
    private void MakeSlotsFree(in ObjectId id, in HeadPlace? holder, bool isNeeded)
    {
        if (holder is HeadPlace place && isNeeded)
        {
            Flush(place);
        }

        if (holder is null || isNeeded)
        {
            DropChunks(id);
        }
    }

    /// <summary>A generation that no value of this store has had, of a value in a slot.</summary>
    private ulong NextGeneration(int slot) => (Interlocked.Increment(ref _lastGeneration) << 1) | (uint)slot;

    private bool TryWriteHead(in HeadPlace place, in CacheKey key, in ReadOnlySequence<byte> value, in Head head)
    {
        Span<byte> entry = stackalloc byte[PageBytes];
        entry = entry[..head.EntryBytes];
        head.Write(entry);
        if (head.Form != HeadForm.KeyInChunks)
        {
            key.Bytes.CopyTo(entry[head.HeaderBytes..]);
        }

        if (head.Form == HeadForm.Inline)
        {
            value.CopyTo(entry[(head.HeaderBytes + head.KeyBytes)..]);
        }

        return TryPutHead(place, key, entry);
    }

    private bool TryWriteChunks(in CacheKey key, in ReadOnlySequence<byte> value, in Head head)
    {
        (ObjectId chunks, uint index) = SlotOf(key.Id, head.Slot);
        if (head.Form == HeadForm.Chunked)
        {
            return TryWriteChunks(chunks, index, value);
        }

        // Keys of this length are rare enough to be laid before their values by a copy.
        int bytes = (int)head.ChunkBytes;
        byte[] rented = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            key.Bytes.CopyTo(rented);
            value.CopyTo(rented.AsSpan(key.Bytes.Length));
            return TryWriteChunks(chunks, index, new ReadOnlySequence<byte>(rented, 0, bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Stores bytes in chunks, straight from where they are, but for pages that go over from one segment to the next.</summary>
    private bool TryWriteChunks(in ObjectId chunks, uint index, in ReadOnlySequence<byte> bytes)
    {
        Span<byte> page = stackalloc byte[PageBytes];
        int filled = 0;
        long left = bytes.Length;
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            for (ReadOnlySpan<byte> span = segment.Span; !span.IsEmpty;)
            {
                int taken;
                if (filled == 0 && (span.Length >= PageBytes || span.Length == left))
                {
                    taken = PutRun(chunks, ref index, span);
                    if (taken == 0)
                    {
                        return false;
                    }
                }
                else
                {
                    taken = Math.Min(span.Length, PageBytes - filled);
                    span[..taken].CopyTo(page[filled..]);
                    filled += taken;
                    if ((filled == PageBytes || taken == left) && PutRun(chunks, ref index, page[..filled]) == 0)
                    {
                        return false;
                    }

                    filled %= PageBytes;
                }

                span = span[taken..];
                left -= taken;
            }
        }

        return true;
    }

    /// <summary>Stores the first pages of some bytes that lie together, or the last bytes of a value, fewer than a page.</summary>
    /// <returns>How many bytes were stored; 0 when one was refused.</returns>
    private int PutRun(in ObjectId chunks, ref uint index, ReadOnlySpan<byte> bytes)
    {
        int pages = Math.Min(bytes.Length / PageBytes, BatchPages);
        if (pages == 0)
        {
            return _pool.TryPutEntry(chunks, index, bytes, out _) ? bytes.Length : 0;
        }

        Span<PageHandle> handles = stackalloc PageHandle[BatchPages];
        Span<PutResult> results = stackalloc PutResult[BatchPages];
        Number(handles[..pages], chunks, index);
        index += (uint)pages;
        return _pool.PutMany(handles[..pages], bytes[..(pages * PageBytes)], results) == pages ? pages * PageBytes : 0;
    }
}
