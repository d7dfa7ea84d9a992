using System.Buffers;

namespace TmemCore.Caching;

/// <summary>Values on their way out.</summary>
internal sealed partial class ValueStore
{
    /// <summary>Reads without a lock that others may spoil by sets, before one is taken.</summary>
    private const int LockFreeReads = 4;

    /// <summary>Copies a value out, or nothing.</summary>
    /// <typeparam name="TTarget">A struct, so that calls are direct.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="nowTicks">The time.</param>
    /// <param name="target">Takes the value; committed on a hit only.</param>
    public ReadOutcome Read<TTarget>(in CacheKey key, long nowTicks, ref TTarget target)
        where TTarget : struct, IValueTarget
    {
        Span<byte> page = stackalloc byte[PageBytes];
        for (int read = 0; read < LockFreeReads; read++)
        {
            Span<byte> entry = page;
            if (!TryFind(key, ref entry, out FoundHead found))
            {
                TryDropOrphans(key);
                return ReadOutcome.Miss;
            }

            Head head = found.Head;
            if (head.Lifetime.IsOver(nowTicks))
            {
                return DropIf(key, head, ReadOutcome.Expired);
            }

            if (head.Form == HeadForm.KeyInChunks)
            {
                break;
            }

            if (head.Form == HeadForm.Inline)
            {
                head.InlineValue(entry).CopyTo(target.GetSpan(head.ValueBytes));
                return Hit(key, found, nowTicks, ref target);
            }

            bool isWhole = TryReadChunks(key.Id, head.Slot, target.GetSpan(head.ValueBytes));
            if (TryReadHead(found.Place, page, out _, out FoundHead after) && after.Head.Generation == head.Generation)
            {
                return isWhole ? Hit(key, found, nowTicks, ref target) : DropIf(key, head, ReadOutcome.Incomplete);
            }
        }

        return ReadSlowly(key, nowTicks, ref target);
    }

    private ReadOutcome Hit<TTarget>(in CacheKey key, in FoundHead found, long nowTicks, ref TTarget target)
        where TTarget : struct, IValueTarget
    {
        if (found.IsToCount)
        {
            _shared!.CountAsUsed(found.Place.Object, found.Place.Index);
        }

        if (found.Head.Lifetime.IsRenewedAt(nowTicks))
        {
            Refresh(key, nowTicks);
        }

        target.Commit();
        return ReadOutcome.Hit;
    }

    /// <summary>
    /// Reads under the lock, into a rented buffer, since a caller's writer is not called under a lock: a value that is replaced all the time, and
    /// one whose key stands before it in the chunks.
    /// </summary>
    private ReadOutcome ReadSlowly<TTarget>(in CacheKey key, long nowTicks, ref TTarget target)
        where TTarget : struct, IValueTarget
    {
        byte[]? rented = null;
        try
        {
            ReadOutcome outcome = ReadLocked(key, nowTicks, ref rented, out Range value);
            if (outcome == ReadOutcome.Hit)
            {
                ReadOnlySpan<byte> bytes = rented.AsSpan(value);
                bytes.CopyTo(target.GetSpan(bytes.Length));
                target.Commit();
            }

            return outcome;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private ReadOutcome ReadLocked(in CacheKey key, long nowTicks, ref byte[]? rented, out Range value)
    {
        value = default;
        Span<byte> entry = stackalloc byte[PageBytes];
        lock (LockOf(key.Id))
        {
            if (!TryFind(key, ref entry, out FoundHead found))
            {
                DropOrphans(key.Id);
                return ReadOutcome.Miss;
            }

            Head head = found.Head;
            if (head.Lifetime.IsOver(nowTicks))
            {
                Drop(key);
                return ReadOutcome.Expired;
            }

            int bytes = head.Form == HeadForm.Inline ? head.ValueBytes : (int)head.ChunkBytes;
            rented = ArrayPool<byte>.Shared.Rent(bytes);
            if (head.Form == HeadForm.Inline)
            {
                head.InlineValue(entry).CopyTo(rented);
            }
            else if (!TryReadChunks(key.Id, head.Slot, rented.AsSpan(0, bytes)))
            {
                Drop(key);
                return ReadOutcome.Incomplete;
            }

            int begin = head.Form == HeadForm.KeyInChunks ? head.KeyBytes : 0;
            if (begin > 0 && !rented.AsSpan(0, begin).SequenceEqual(key.Bytes))
            {
                return ReadOutcome.Miss;
            }

            Renew(key, found, entry, nowTicks);
            value = begin..bytes;
            return ReadOutcome.Hit;
        }
    }

    /// <summary>Copies chunks out: whole pages many at a time, then what is left, an entry of its length.</summary>
    /// <returns>False when one is missing, or is another than it should be.</returns>
    private bool TryReadChunks(in ObjectId id, int slot, Span<byte> target)
    {
        Span<PageHandle> handles = stackalloc PageHandle[BatchPages];
        Span<GetResult> results = stackalloc GetResult[BatchPages];
        (ObjectId chunks, uint index) = SlotOf(id, slot);
        while (target.Length >= PageBytes)
        {
            int pages = Math.Min(target.Length / PageBytes, BatchPages);
            Number(handles[..pages], chunks, index);
            if (_pool.GetMany(handles[..pages], target[..(pages * PageBytes)], results) != pages)
            {
                return false;
            }

            target = target[(pages * PageBytes)..];
            index += (uint)pages;
        }

        return target.IsEmpty
            || (_pool.GetEntry(chunks, index, target, out int length) == GetResult.Hit && length == target.Length);
    }

    private static void Number(Span<PageHandle> handles, in ObjectId chunks, uint index)
    {
        for (int i = 0; i < handles.Length; i++)
        {
            handles[i] = new PageHandle(chunks, index + (uint)i);
        }
    }

    /// <summary>Frees a value that a read has found to be over or incomplete, unless another has come meanwhile.</summary>
    private ReadOutcome DropIf(in CacheKey key, in Head seen, ReadOutcome outcome)
    {
        Span<byte> entry = stackalloc byte[PageBytes];
        lock (LockOf(key.Id))
        {
            bool isThere = TryFind(key, ref entry, out FoundHead found);

            // Of a value that lacks a part a refresh may have changed the head meanwhile; of one that is over it would have kept the value.
            bool isSeen = isThere
                && (outcome == ReadOutcome.Incomplete ? found.Head.Generation == seen.Generation : found.Head == seen);
            if (isSeen)
            {
                Flush(found.Place);
            }

            if (isSeen || !isThere)
            {
                DropOrphans(key.Id);
            }
        }

        return outcome;
    }

    /// <summary>Frees the chunks of a value whose head is gone. Somebody at work on the key will do it, too: nobody waits for that.</summary>
    private void TryDropOrphans(in CacheKey key)
    {
        if (!Volatile.Read(ref ChunkMarkOf(key.Id)) || !LockOf(key.Id).TryEnter())
        {
            return;
        }

        try
        {
            DropOrphans(key.Id);
        }
        finally
        {
            LockOf(key.Id).Exit();
        }
    }
}
