using TmemCore.Codecs;
using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>Entries of 1 to 4,096 bytes, kept at their own length or shorter.</summary>
internal sealed partial class PageStore
{
    /// <summary>Stores an entry; an older one of the same handle, or a page, is replaced.</summary>
    /// <param name="handle">The pool; one whose pages stay on a get, if there is a tag.</param>
    /// <param name="id">The object.</param>
    /// <param name="index">The index.</param>
    /// <param name="entry">1 to 4,096 bytes.</param>
    /// <param name="tag">Its <see cref="PackedForm.Tag"/>.</param>
    public PutResult PutEntry(in PoolHandle handle, in ObjectId id, uint index, ReadOnlySpan<byte> entry, byte tag = 0)
    {
        if (entry.Length == ArenaLayout.PageBytes)
        {
            // A page goes without a tag: pages are to have nothing to do with tags. It may not be known again, and who shares its place with others has their hits, too.
            var page = new SpanSource(entry, _usesStreaming);
            return Put(handle, id, index, ref page);
        }

        ulong hash = _hash.OfObject(handle.Pool, id);
        Shard shard = ShardOf(hash);
        shard.PrefetchBuckets(hash, index);
        long start = StartOf(shard);
        CodecScratch scratch = _scratches.Rent();
        try
        {
            var attempt = new PutAttempt { Frame = FrameAllocator.None, IsPacked = true };
            attempt.Form = PackEntry(PackingOf(handle.Pool), entry, scratch) with { Tag = tag };
            attempt.Data = attempt.Form.Codec == PageCodecId.None ? entry : scratch.Data[..attempt.Form.Bytes];

            // Nobody asks it: an entry is never kept as a page.
            var source = default(UnreadableSource);
            return Put(handle, id, index, hash, ref source, ref attempt);
        }
        finally
        {
            _scratches.Return(scratch);
            if (start != 0)
            {
                _latency.Note(LatencyOperation.Put, shard.Number, start);
            }
        }
    }

    /// <summary>Copies an entry out; whether it stays is a property of the pool.</summary>
    /// <param name="handle">The pool.</param>
    /// <param name="id">The object.</param>
    /// <param name="index">The index.</param>
    /// <param name="buffer">Takes the entry.</param>
    /// <param name="length">The entry's length, also when the buffer is too short.</param>
    public GetResult GetEntry(in PoolHandle handle, in ObjectId id, uint index, Span<byte> buffer, out int length)
    {
        var target = new EntryTarget(buffer);
        GetResult result = Get(handle, id, index, ref target);
        length = target.Length;
        return result;
    }

    /// <summary>
    /// As <see cref="GetEntry"/>, for a caller that does not know yet whether the entry is the one it wants: the policy that chooses victims is told by <see cref="CountAsUsed"/>.
    /// </summary>
    /// <param name="handle">A pool whose pages stay on a get.</param>
    /// <param name="id">The object.</param>
    /// <param name="index">The index.</param>
    /// <param name="buffer">Takes the entry.</param>
    /// <param name="length">The entry's length, also when the buffer is too short.</param>
    /// <param name="wouldCount">Whether there is anything to tell.</param>
    public GetResult LookAtEntry(in PoolHandle handle, in ObjectId id, uint index, Span<byte> buffer, out int length, out bool wouldCount)
    {
        var target = new EntryTarget(buffer, isLook: true);
        GetResult result = Get(handle, id, index, ref target);
        length = target.Length;
        wouldCount = target.WouldCount;
        return result;
    }

    /// <summary>Has an entry that was looked at count as used; another may be there by now.</summary>
    public void CountAsUsed(in PoolHandle handle, in ObjectId id, uint index)
    {
        ulong hash = _hash.OfObject(handle.Pool, id);
        Shard shard = ShardOf(hash);
        shard.Lock.Enter();
        try
        {
            uint poolShard = IsCurrent(shard, handle) ? shard.PoolShardOf(handle.Pool) : 0;
            uint page = poolShard == 0 ? PageDescriptor.None : shard.FindPage(poolShard, id, hash, index, hints: null, out _);
            if (page != PageDescriptor.None)
            {
                CountHit(shard, poolShard, page, Pool(handle.Pool).IsPersistent);
            }
        }
        finally
        {
            shard.Lock.Exit();
        }
    }

    /// <summary>Makes an entry smaller, if that comes to a smaller slot.</summary>
    private static PackedForm PackEntry(PoolPacking? packing, ReadOnlySpan<byte> entry, CodecScratch scratch)
    {
        var raw = new PackedForm(PageCodecId.None, entry.Length, entry.Length, 0);
        if (packing?.Codec is not PageCodec codec || !packing.TakesNext())
        {
            return raw;
        }

        int most = Math.Min(SpanHeap.LongestOfSmallerSlot(entry.Length), PackedPages.MaximumBytes);
        int bytes = most == 0 ? 0 : codec.Compress(entry, scratch.Data[..most], scratch);
        if (bytes == 0)
        {
            packing.NotePoor();
            return raw;
        }

        packing.NoteGood();
        return new PackedForm(codec.Id, entry.Length, bytes, 0);
    }
}
