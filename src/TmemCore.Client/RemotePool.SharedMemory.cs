using System.Numerics;
using TmemCore.Abi;
using TmemCore.Hypercalls;
using TmemCore.Wire;

namespace TmemCore.Client;

/// <summary>Operations that go through memory which is shared with the daemon.</summary>
internal abstract partial class RemotePool
{
    /// <summary>Operations of a call that are under way at a time: half of what there is, so that two threads keep the daemon busy together.</summary>
    private const int MostSlots = ChannelLayout.Slots / 2;

    /// <summary>Calls in shared memory: the pool is not destroyed before they are done, or its number could be another's meanwhile.</summary>
    private int _underWay;

    private long Call(
        ChannelClient memory,
        uint command,
        in ObjectId objectId,
        uint index,
        ReadOnlySpan<byte> data,
        Span<byte> found,
        out int foundBytes,
        int room = TmemPool.PageBytes)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            foundBytes = 0;
            var op = new ChannelSlot { Op = command, Pool = id, Object = objectId, Index = index, DataBytes = room };
            return IsGone ? -Errno.ENODEV : memory.Call(op, data, found, out foundBytes);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private int PutThroughMemory(ChannelClient memory, ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results)
    {
        int stored = 0;
        while (!handles.IsEmpty)
        {
            int count = PutSome(memory, handles, pages, results);
            foreach (PutResult result in results[..count])
            {
                stored += result == PutResult.Stored ? 1 : 0;
            }

            handles = handles[count..];
            pages = pages[(count * TmemPool.PageBytes)..];
            results = results[count..];
        }

        return stored;
    }

    private int GetThroughMemory(ChannelClient memory, ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results)
    {
        int hits = 0;
        while (!handles.IsEmpty)
        {
            int count = GetSome(memory, handles, buffer, results);
            foreach (GetResult result in results[..count])
            {
                hits += result == GetResult.Hit ? 1 : 0;
            }

            handles = handles[count..];
            buffer = buffer[(count * TmemPool.PageBytes)..];
            results = results[count..];
        }

        return hits;
    }

    /// <summary>Puts as many pages as there are slots for: the daemon is at the first ones while the next are copied.</summary>
    /// <returns>How many have their results.</returns>
    private int PutSome(ChannelClient memory, ReadOnlySpan<PageHandle> handles, ReadOnlySpan<byte> pages, Span<PutResult> results)
    {
        Interlocked.Increment(ref _underWay);
        ulong slots = 0;
        try
        {
            if (IsGone)
            {
                results[..handles.Length].Fill(PutResult.Unavailable);
                return handles.Length;
            }

            slots = memory.Rent(Math.Min(handles.Length, MostSlots));
            int begun = 0;
            for (ulong left = slots; left != 0; left &= left - 1, begun++)
            {
                ReadOnlySpan<byte> page = pages.Slice(begun * TmemPool.PageBytes, TmemPool.PageBytes);
                memory.Begin(BitOperations.TrailingZeroCount(left), OpOn(handles[begun], PutPageOp.Number), page);
            }

            int ended = 0;
            for (ulong left = slots; left != 0; left &= left - 1, ended++)
            {
                results[ended] = AsPut(memory.End(BitOperations.TrailingZeroCount(left), default, out _));
            }

            return ended;
        }
        finally
        {
            memory.Return(slots);
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>Gets as many pages as there are slots for: the daemon is at the next ones while the first are copied.</summary>
    /// <returns>How many have their results.</returns>
    private int GetSome(ChannelClient memory, ReadOnlySpan<PageHandle> handles, Span<byte> buffer, Span<GetResult> results)
    {
        Interlocked.Increment(ref _underWay);
        ulong slots = 0;
        try
        {
            if (IsGone)
            {
                results[..handles.Length].Fill(GetResult.Unavailable);
                return handles.Length;
            }

            slots = memory.Rent(Math.Min(handles.Length, MostSlots));
            int begun = 0;
            for (ulong left = slots; left != 0; left &= left - 1, begun++)
            {
                memory.Begin(BitOperations.TrailingZeroCount(left), OpOn(handles[begun], GetPageOp.Number), default);
            }

            int ended = 0;
            for (ulong left = slots; left != 0; left &= left - 1, ended++)
            {
                Span<byte> page = buffer.Slice(ended * TmemPool.PageBytes, TmemPool.PageBytes);
                results[ended] = AsPage(memory.End(BitOperations.TrailingZeroCount(left), page, out int length), page, length);
            }

            return ended;
        }
        finally
        {
            memory.Return(slots);
            Interlocked.Decrement(ref _underWay);
        }
    }

    private ChannelSlot OpOn(in PageHandle handle, uint command) =>
        new() { Op = command, Pool = id, Object = handle.Object, Index = handle.Index, DataBytes = TmemPool.PageBytes };
}
