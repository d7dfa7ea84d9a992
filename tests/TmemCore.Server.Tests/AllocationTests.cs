using System.Net.Sockets;
using TmemCore.Abi;
using TmemCore.Wire;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>Tests that count what the whole process does, so that no other may run beside them.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "What xunit calls it.")]
public sealed class AllocationTestsCollection;

/// <summary>A daemon that serves puts and gets, waits for each and answers each, takes no managed memory for them.</summary>
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
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Play(peer, put, get, answer);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        // The runtime's own threads allocate now and then, some bytes a request at most; no object has less than 24.
        Assert.InRange(allocated, 0, 2 * Rounds * 12);
    }

    private delegate int OpWriter(TmemAbi abi, Span<byte> bytes);

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
