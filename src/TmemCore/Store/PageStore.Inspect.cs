using TmemCore.Codecs;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Looks behind the face, for benchmarks and tests.</summary>
internal sealed partial class PageStore
{
    /// <summary>The bytes of a frame, whatever is in it; nobody else is kept away.</summary>
    public Span<byte> Frame(uint frame) => _arena.Frame(frame);

    /// <summary>The bytes of a page by its number, whole or packed; nobody else is kept away.</summary>
    public void Peek(uint page, Span<byte> buffer)
    {
        if (page < _firstPacked)
        {
            _arena.Frame(page).CopyTo(buffer);
            return;
        }

        CodecScratch scratch = _scratches.Rent();
        Unpack(CopyPacked(page, scratch), scratch, buffer);
        _scratches.Return(scratch);
    }

    /// <summary>Empties sparse spans until none could be spared.</summary>
    public void CompactAll()
    {
        while (TryCompact(long.MaxValue))
        {
        }
    }

    /// <summary>The number of a page, its frame's unless it is packed; <see cref="FrameAllocator.None"/> when there is no such page.</summary>
    public uint FrameOf(in PoolHandle handle, in ObjectId id, uint index)
    {
        ulong hash = _hash.OfObject(handle.Pool, id);
        Shard shard = ShardOf(hash);
        shard.Lock.Enter();
        try
        {
            uint poolShard = handle.IsCurrent ? shard.PoolShardOf(handle.Pool) : 0;
            return poolShard == 0 ? FrameAllocator.None : shard.FindPage(poolShard, id, hash, index, hints: null, out _);
        }
        finally
        {
            shard.Lock.Exit();
        }
    }
}
