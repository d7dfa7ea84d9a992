using System.Net.Sockets;
using TmemCore.Abi;
using TmemCore.Client;
using TmemCore.Wire;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>Tests that count what the process allocates, which others beside them change, even for a thread of its own.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "What xunit calls it.")]
public sealed class AllocationTestsCollection;

/// <summary>Puts and gets take no managed memory: not the daemon's that serves them, waits for each and answers each, nor a client's in shared memory.</summary>
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Rounds = 4000;

    private static readonly TmemAbi s_abi = new(AbiGeneration.V1Hypercall);

    [Fact]
    public async Task Puts_and_gets_of_a_connection_allocate_nothing()
    {
        await using var served = new ServedHost();
        using Socket peer = served.ConnectRaw();
        var answer = new byte[WireFrame.HeaderBytes + TmemPool.PageBytes];
        Receive(peer, answer, WireGreeting.Bytes);
        byte[] newPool = Request(new NewPoolOp { Flags = TmemPoolFlags.Version1 | TmemPoolFlags.Persistent }.Write, 0);
        peer.Send(newPool);
        Receive(peer, answer, WireFrame.HeaderBytes);
        byte[] put = Request(new PutPageOp { PoolId = 0, Object = 1, Index = 2 }.Write, TmemPool.PageBytes);
        byte[] get = Request(new GetPageOp { PoolId = 0, Object = 1, Index = 2, Frame = TmemPool.PageBytes }.Write, 0);

        Play(peer, put, get, answer);
        long usual = MedianOf(() => GC.GetTotalAllocatedBytes(precise: true), () => Play(peer, put, get, answer));

        // The runtime's own threads allocate now and then, some bytes a request at most; no object has less than 24.
        Assert.InRange(usual, 0, 2 * Rounds * 12);
    }

    [Fact]
    public async Task Puts_and_gets_through_shared_memory_allocate_nothing()
    {
        await using var served = new ServedHost();
        using var connection = TmemConnection.ConnectSharingMemory(served.Options.SocketPath);
        Assert.True(connection.UsesSharedMemory);
        using IPersistentPool pool = connection.CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        PageHandle[] handles = [.. Enumerable.Range(0, 100).Select(static i => new PageHandle(2, (uint)i))];
        var pages = new byte[handles.Length * TmemPool.PageBytes];
        var stored = new PutResult[handles.Length];
        var found = new GetResult[handles.Length];
        void Round()
        {
            for (uint i = 0; i < 200; i++)
            {
                pool.Put(1, i, page);
                pool.Get(1, i, page);
                pool.FlushPage(1, i);
            }

            pool.PutMany(handles, pages, stored);
            pool.GetMany(handles, pages, found);
        }

        Round();
        Assert.Equal(0, MedianOf(GC.GetAllocatedBytesForCurrentThread, Round));
    }

    private delegate int OpWriter(TmemAbi abi, Span<byte> bytes);

    /// <summary>
    /// What the middle one of some rounds allocates. The first ones make what is made once, while code is still compiled; and a thread that a collection
    /// has stopped within an operation is charged some 250 bytes for it: all strays that were measured, 375 of 375, fell into one.
    /// </summary>
    private static long MedianOf(Func<long> allocated, Action round)
    {
        var bytes = new long[11];
        for (int i = 0; i < bytes.Length; i++)
        {
            long before = allocated();
            round();
            bytes[i] = allocated() - before;
        }

        Array.Sort(bytes);
        return bytes[bytes.Length / 2];
    }

    private static void Play(Socket peer, byte[] put, byte[] get, byte[] answer)
    {
        for (int i = 0; i < Rounds; i++)
        {
            peer.Send(put);
            Receive(peer, answer, WireFrame.HeaderBytes);
            peer.Send(get);
            Receive(peer, answer, answer.Length);
        }
    }

    private static void Receive(Socket peer, byte[] buffer, int bytes)
    {
        for (int at = 0; at < bytes;)
        {
            // An assertion here would allocate.
            int received = peer.Receive(buffer, at, bytes - at, SocketFlags.None);
            at += received > 0 ? received : throw new IOException("The server closed the connection.");
        }
    }

    private static byte[] Request(OpWriter write, int dataBytes)
    {
        var op = new byte[TmemOp.MaxSize];
        int opBytes = write(s_abi, op);
        var request = new byte[WireFrame.HeaderBytes + opBytes + dataBytes];
        WireFrame.WriteRequest(request, 0, opBytes, dataBytes);
        op.AsSpan(0, opBytes).CopyTo(request.AsSpan(WireFrame.HeaderBytes));
        return request;
    }
}
