using System.Runtime.CompilerServices;
using TmemCore.Memory;
using TmemCore.Reclaim;
using TmemCore.Store;

namespace TmemCore.Tests;

/// <summary>Ways to what the store keeps to itself, so that tests can look at it and break it.</summary>
internal static class Inside
{
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_arena")]
    public static extern ref Arena Arena(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_arena")]
    public static extern ref Arena Arena(Shard shard);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_shards")]
    public static extern ref Shard[] Shards(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_frames")]
    public static extern ref FrameAllocator Frames(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_framesInHand")]
    public static extern ref long FramesInHand(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_packings")]
    public static extern ref PoolPacking[] Packings(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_shares")]
    public static extern ref WeightedShares Shares(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spans")]
    public static extern ref SpanHeap Spans(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_packed")]
    public static extern ref PackedPages Packed(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_coldWalk")]
    public static extern ref ColdWalk? ColdWalk(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_budget")]
    public static extern ref MemoryBudget Budget(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_controlHeap")]
    public static extern ref CellHeap ControlHeap(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_changeLog")]
    public static extern ref ChangeLog ChangeLog(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ages")]
    public static extern ref AgeClock Ages(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_now")]
    public static extern ref ulong Now(AgeClock clock);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_region")]
    public static extern ref MemoryRegion Region(Arena arena);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_hash")]
    public static extern ref KeyHash Hash(PageStore store);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ShardOf")]
    public static extern Shard ShardOf(PageStore store, ulong hash);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "TryAwaitOpen")]
    public static extern bool TryAwaitOpen(PageStore? store, Shard shard, in PoolHandle handle);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_objects")]
    public static extern ref BucketTable Objects(Shard shard);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_leaves")]
    public static extern ref BucketTable Leaves(Shard shard);

    /// <summary>The number of a page of a host with one shard, or <see cref="PageDescriptor.None"/>.</summary>
    public static uint NumberOf(TmemPool pool, in ObjectId id, uint index)
    {
        PageStore store = pool.Client.Host.Store;
        Shard shard = Shards(store)[0];
        uint poolShard = shard.PoolShardOf(pool.Handle.Pool);
        return poolShard == 0
            ? PageDescriptor.None
            : shard.FindPage(poolShard, id, Hash(store).OfObject(pool.Handle.Pool, id), index, hints: null, out _);
    }

    public static ref ulong Sequence(PageStore store) => ref Now(Ages(store));

    public static ref HostRecord HostRecord(PageStore store) =>
        ref Arena(store).At<HostRecord>(Arena(store).Layout.Header);
}
