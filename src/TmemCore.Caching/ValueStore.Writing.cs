using System.Buffers;

namespace TmemCore.Caching;

/// <summary>Values on their way in.</summary>
internal sealed partial class ValueStore
{
    /// <summary>Stores a value, or leaves nothing under the key: never the value from before.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">At most <see cref="MaximumValueBytes"/>; read in place.</param>
    /// <param name="lifetime">When it goes.</param>
    /// <returns>Whether it was stored.</returns>
    public bool Write(in CacheKey key, in ReadOnlySequence<byte> value, Lifetime lifetime)
    {
        var head = new Head { IsKeyUtf16 = key.IsUtf16, KeyBytes = key.Bytes.Length, ValueBytes = (int)value.Length, Lifetime = lifetime };
        head = head with { Form = FormOf(head) };
        lock (LockOf(key.Id))
        {
            try
            {
                return head.Form == HeadForm.Inline && !Volatile.Read(ref _hasChunks)
                    ? TryWriteHead(key, value, head with { Generation = NextGeneration(slot: 0) }) || Refuse(key.Id)
                    : Replace(key, value, head);
            }
            catch
            {
                // Whatever threw, the caller's memory or the pool, the caller counts on the new value.
                Refuse(key.Id);
                throw;
            }
        }
    }

    private static HeadForm FormOf(in Head head) =>
        head.HeaderBytes + head.KeyBytes > PageBytes ? HeadForm.KeyInChunks
        : head.HeaderBytes + head.KeyBytes + head.ValueBytes > PageBytes ? HeadForm.Chunked
        : HeadForm.Inline;

    /// <summary>Stores a value where there may be chunks of another, under the stripe's lock.</summary>
    private bool Replace(in CacheKey key, in ReadOnlySequence<byte> value, Head head)
    {
        Span<byte> entry = stackalloc byte[PageBytes];
        bool hasOld = TryReadHead(key.Id, ref entry, out Head old);
        if (!hasOld)
        {
            DropChunks(key.Id);
        }

        head = head with { Generation = NextGeneration(hasOld ? old.Slot ^ 1 : 0) };
        if (head.Form != HeadForm.Inline)
        {
            Volatile.Write(ref _hasChunks, true);
            if (!TryWriteChunks(key, value, head))
            {
                return Refuse(key.Id);
            }
        }

        if (!TryWriteHead(key, value, head))
        {
            return Refuse(key.Id);
        }

        if (hasOld && old.Form != HeadForm.Inline)
        {
            DropSlot(key.Id, old.Slot);
        }

        return true;
    }

    /// <summary>Leaves nothing under a key whose new value cannot be stored.</summary>
    private bool Refuse(in ObjectId id)
    {
        Drop(id);
        return false;
    }

    /// <summary>A generation that no value of this store has had, of a value in a slot.</summary>
    private ulong NextGeneration(int slot) => (Interlocked.Increment(ref _lastGeneration) << 1) | (uint)slot;

    private bool TryWriteHead(in CacheKey key, in ReadOnlySequence<byte> value, in Head head)
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

        return _pool.TryPutEntry(key.Id, HeadIndex, entry, out _);
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
