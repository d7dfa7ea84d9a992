using System.Buffers.Binary;
using TmemCore.Server.Nbd;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>Requests to a persistent disk allocate nothing: neither the server's thread nor the store.</summary>
[Collection(nameof(Alone))]
public sealed class NbdAllocationTests
{
    private const int Requests = 1000;
    private const int Rounds = 6;
    private const int PageBytes = TmemPool.PageBytes;

    [Theory]
    [InlineData(nameof(NbdCommand.Write), PageBytes, true)]
    [InlineData(nameof(NbdCommand.Write), 16 * PageBytes, false)]
    [InlineData(nameof(NbdCommand.Write), 700, true)]
    [InlineData(nameof(NbdCommand.Read), PageBytes, true)]
    [InlineData(nameof(NbdCommand.Read), PageBytes, false)]
    [InlineData(nameof(NbdCommand.Read), 100 * PageBytes, true)]
    [InlineData(nameof(NbdCommand.Trim), PageBytes, true)]
    [InlineData(nameof(NbdCommand.WriteZeroes), 16 * PageBytes, false)]
    [InlineData(nameof(NbdCommand.BlockStatus), 4 << 20, true)]
    [InlineData(nameof(NbdCommand.Flush), 0, true)]
    public async Task A_request_allocates_nothing(string commandName, int length, bool isStructured)
    {
        NbdCommand command = Enum.Parse<NbdCommand>(commandName);
        await using var served = new ServedDisks(
            new() { CapacityBytes = 32L << 20, CompressByDefault = true },
            new PersistentDiskOptions { Name = "disk", SizeBytes = 4 << 20 },
            new PersistentDiskOptions { Name = "spilling", SizeBytes = 4 << 20, SpillPath = ServedDisks.Here, AllowanceBytes = 1 << 20 });
        foreach (string name in (string[])["disk", "spilling"])
        {
            using NbdPeer peer = served.Enter(name, isStructured);
            for (int i = 0; i < 1024; i++)
            {
                peer.WriteDisk(i * PageBytes, Pages.Of((ulong)i));
            }

            (byte[] request, int answerBytes) = Prepare(peer, command, length);
            var answer = new byte[answerBytes];

            // Whatever else the process does at times, a request that allocated would be seen in every round; the first warm up what runs for the first time.
            long least = Enumerable.Range(0, Rounds).Min(_ => AllocatedBytes(peer, request, answer, isFixed: length is 0 or 4 << 20));
            Assert.True(least < Requests, $"{least:N0} bytes for {Requests:N0} requests to {name}.");
        }
    }

    private static long AllocatedBytes(NbdPeer peer, byte[] request, byte[] answer, bool isFixed)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < Requests; i++)
        {
            BinaryPrimitives.WriteInt64BigEndian(request.AsSpan(16), isFixed ? 0 : i * 17 % 900 * PageBytes);
            peer.Socket.Send(request);
            for (int at = 0; at < answer.Length;)
            {
                at += peer.Socket.Receive(answer.AsSpan(at));
            }
        }

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    /// <summary>A request that is sent again and again, and the length of each answer, which does not change.</summary>
    private static (byte[] Request, int AnswerBytes) Prepare(NbdPeer peer, NbdCommand command, int length)
    {
        var request = new byte[NbdRequest.Bytes + (command == NbdCommand.Write ? length : 0)];
        new Random(1).NextBytes(request);
        new NbdRequest(NbdCommandFlags.None, command, 1, 0, (uint)length).Write(request);
        int answerBytes = command switch
        {
            NbdCommand.Read when peer.HasStructuredReplies => length + (28 * ((length + NbdBuffers.PieceBytes - 1) / NbdBuffers.PieceBytes)),
            NbdCommand.Read => 16 + length,
            NbdCommand.BlockStatus => 20 + 4 + 8,
            _ => 16,
        };
        return (request, answerBytes);
    }
}
