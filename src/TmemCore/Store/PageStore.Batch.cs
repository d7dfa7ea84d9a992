using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// Many pages at once. Each page is an operation of its own, as if called singly and in order; what is gained is that the
/// processor fetches the way to the next pages while it is busy with one.
/// </summary>
internal sealed partial class PageStore
{
    /// <summary>Pages looked ahead: about as many lines as a processor core fetches at the same time.</summary>
    private const int BatchPages = 16;

    /// <summary>Copies pages out, page by page; whether they stay is a property of the pool.</summary>
    /// <returns>How many were found.</returns>
    public int GetMany(in PoolHandle handle, ReadOnlySpan<PageHandle> pages, Span<byte> buffer, Span<GetResult> results)
    {
        Span<ulong> hashes = stackalloc ulong[BatchPages];
        Span<uint> frames = stackalloc uint[BatchPages];
        int hits = 0;
        for (int from = 0; from < pages.Length; from += BatchPages)
        {
            ReadOnlySpan<PageHandle> batch = pages[from..Math.Min(from + BatchPages, pages.Length)];
            LookAhead(handle.Pool, batch, hashes, frames);
            for (int i = 0; i < batch.Length; i++)
            {
                if (i + 1 < batch.Length && frames[i + 1] != PageDescriptor.None)
                {
                    _arena.PrefetchFrame(frames[i + 1]);
                }

                var target = new SpanTarget(buffer.Slice((from + i) * ArenaLayout.PageBytes, ArenaLayout.PageBytes));
                GetResult result = Get(handle, batch[i].Object, batch[i].Index, hashes[i], ref target);
                results[from + i] = result;
                hits += result == GetResult.Hit ? 1 : 0;
            }
        }

        return hits;
    }

    /// <summary>Stores pages, page by page.</summary>
    /// <returns>How many were stored.</returns>
    public int PutMany(in PoolHandle handle, ReadOnlySpan<PageHandle> pages, ReadOnlySpan<byte> data, Span<PutResult> results)
    {
        Span<ulong> hashes = stackalloc ulong[BatchPages];
        Span<uint> frames = stackalloc uint[BatchPages];
        int stored = 0;
        for (int from = 0; from < pages.Length; from += BatchPages)
        {
            ReadOnlySpan<PageHandle> batch = pages[from..Math.Min(from + BatchPages, pages.Length)];
            LookAhead(handle.Pool, batch, hashes, frames);
            for (int i = 0; i < batch.Length; i++)
            {
                var source = new SpanSource(data.Slice((from + i) * ArenaLayout.PageBytes, ArenaLayout.PageBytes), UsesStreaming);
                PutResult result = Put(handle, batch[i].Object, batch[i].Index, hashes[i], ref source);
                results[from + i] = result;
                stored += result == PutResult.Stored ? 1 : 0;
            }
        }

        return stored;
    }

    /// <summary>Walks the ways to some pages side by side, so that they miss the caches together and not one after the other.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="pages">The pages, 16 at most.</param>
    /// <param name="hashes">Takes the hashes of their objects.</param>
    /// <param name="frames">Takes the frames that they are likely to be in, or <see cref="PageDescriptor.None"/>.</param>
    private void LookAhead(uint pool, ReadOnlySpan<PageHandle> pages, Span<ulong> hashes, Span<uint> frames)
    {
        for (int i = 0; i < pages.Length; i++)
        {
            hashes[i] = i > 0 && pages[i].Object == pages[i - 1].Object ? hashes[i - 1] : _hash.OfObject(pool, pages[i].Object);
        }

        // Any lock keeps the arena where it is.
        ShardLock keeper = ShardOf(hashes[0]).Lock;
        keeper.Enter();
        try
        {
            Span<uint> leaves = stackalloc uint[BatchPages];
            for (int i = 0; i < pages.Length; i++)
            {
                ShardOf(hashes[i]).PrefetchBucket(hashes[i], pages[i].Index);
            }

            for (int i = 0; i < pages.Length; i++)
            {
                leaves[i] = ShardOf(hashes[i]).PrefetchLeaf(hashes[i], pages[i].Index);
            }

            for (int i = 0; i < pages.Length; i++)
            {
                frames[i] = ShardOf(hashes[i]).PrefetchObject(leaves[i], hashes[i], pages[i].Index);
                _arena.PrefetchFrameEnd(frames[i]);
            }
        }
        finally
        {
            keeper.Exit();
        }
    }
}
