using TmemCore.Codecs;
using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>Entries of 1 to 4,096 bytes, kept at their own length or shorter.</summary>
internal sealed partial class PageStore
{
    /// <summary>Stores an entry; an older one of the same handle, or a page, is replaced.</summary>
    public PutResult PutEntry(in PoolHandle handle, in ObjectId id, uint index, ReadOnlySpan<byte> entry)
    {
        if (entry.Length == ArenaLayout.PageBytes)
        {
            var page = new SpanSource(entry, _usesStreaming);
            return Put(handle, id, index, ref page);
        }

        ulong hash = _hash.OfObject(handle.Pool, id);
        Shard shard = ShardOf(hash);
        long start = StartOf(shard);
        CodecScratch scratch = _scratches.Rent();
        try
        {
            var attempt = new PutAttempt { Frame = FrameAllocator.None, IsPacked = true };
            attempt.Form = PackEntry(PackingOf(handle.Pool), entry, scratch);
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
