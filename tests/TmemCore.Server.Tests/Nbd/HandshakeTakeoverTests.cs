using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using TmemCore.Server.Nbd;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>Connections that are at their handshake when another server takes over.</summary>
public sealed class HandshakeTakeoverTests : IAsyncDisposable
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int Head = NbdWire.OptionReplyHeaderBytes;
    private const int TooLongBytes = 9000;
    private const uint Flags = NbdWire.FixedNewstyle | NbdWire.NoZeroes;

    /// <summary>To the flags, to an option of structured replies, of contexts, to one that is too long, and to the choice: an export, a block size and the end.</summary>
    private static readonly int[] s_answerBytes =
    [
        0, Head, Head + sizeof(uint) + NbdWire.AllocationContext.Length + Head, Head + "The option is too long."u8.Length, Head + 12 + Head + 14 + Head,
    ];

    private readonly ServedTakeovers _served = new();
    private readonly ConcurrentQueue<string> _log = new();

    private NbdServerOptions Options => _served.Exporting(new PersistentDiskOptions { Name = "disk", SizeBytes = 1L << 20 }) with
    {
        MaxConnections = 512,
        HandshakeTimeout = TimeSpan.FromHours(1),
        Log = _log.Enqueue,
    };

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task One_is_ended_by_successors_wherever_it_is_cut()
    {
        byte[][] said =
        [
            [0, 0, 0, (byte)Flags],
            NbdPeer.Option(NbdOption.StructuredReply, []),
            NbdPeer.Option(NbdOption.SetMetaContext, NbdPeer.Contexts("disk", NbdWire.AllocationContext)),
            NbdPeer.Option(NbdOption.List, new byte[TooLongBytes]),
            NbdPeer.Option(NbdOption.Go, NbdPeer.Named("disk")),
        ];
        byte[] all = [.. said.SelectMany(static bytes => bytes)];
        int Next(int cut) => Math.Min(cut + 7, all.Length);
        _served.Start(Options);
        byte[] answers = ReferenceAnswers(all);
        int[] cuts = [.. Enumerable.Range(0, all.Length).Where(cut => cut < 100 || cut % 1500 == 0 || cut > all.Length - 40)];
        var heard = new int[cuts.Length];
        NbdPeer[] peers = [.. cuts.Select(_ => NbdPeer.Connect(_served.Place))];
        for (int i = 0; i < cuts.Length; i++)
        {
            peers[i].Socket.Send(all.AsSpan(0, cuts[i]));

            // Some do not wait for the answers, so that there may be more than one option to hand over.
            heard[i] = i % 3 == 1 ? 0 : HeardBy(said, cuts[i]);
            Assert.Equal(answers[..heard[i]], peers[i].Read(heard[i]));
        }

        _served.TakeOver(Options);
        for (int i = 0; i < cuts.Length; i++)
        {
            peers[i].Socket.Send(all.AsSpan(cuts[i]..Next(cuts[i])));
        }

        NbdServer last = _served.TakeOver(Options);
        Assert.Equal(cuts.Length, last.ConnectionCount);
        for (int i = 0; i < cuts.Length; i++)
        {
            using NbdPeer peer = peers[i];
            peer.Socket.Send(all.AsSpan(Next(cuts[i])));
            Assert.Equal(answers[heard[i]..], peer.Read(answers.Length - heard[i]));
            RequireEntered(peer);
        }

        await _served.EndAsync(0);
        await _served.EndAsync(1);
    }

    [Theory]
    [InlineData(NbdWire.FixedNewstyle, NbdWire.ReservedBytes)]
    [InlineData(Flags, 0)]
    public void What_a_client_has_said_of_zeros_is_known_to_the_successor(uint flags, int zeros)
    {
        _served.Start(Options);
        using NbdPeer peer = NbdPeer.Greet(_served.Place, flags);
        peer.Ask(NbdOption.List, []);
        _served.TakeOver(Options);
        peer.SendOption(NbdOption.ExportName, "disk"u8.ToArray());
        byte[] answer = peer.Read(10 + zeros);
        Assert.Equal(1L << 20, BinaryPrimitives.ReadInt64BigEndian(answer));
        Assert.True(answer.AsSpan(10).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(new byte[PageBytes], peer.ReadDisk(0, PageBytes));
    }

    [Fact]
    public void One_that_chose_no_extents_has_none_with_the_successor()
    {
        _served.Start(Options);
        using NbdPeer peer = NbdPeer.Greet(_served.Place);
        peer.Ask(NbdOption.StructuredReply, []);
        _served.TakeOver(Options);
        peer.Ask(NbdOption.Go, NbdPeer.Named("disk"));
        peer.AgreeOnStructure();
        Assert.Equal(NbdError.Invalid, peer.Do(NbdCommand.BlockStatus, 0, PageBytes).Error);
        Assert.Equal(new byte[PageBytes], peer.ReadDisk(0, PageBytes));
    }

    /// <summary>The successor would give it an hour, by its own settings.</summary>
    [Fact]
    public async Task The_time_for_it_does_not_begin_anew()
    {
        var before = new ConcurrentQueue<string>();
        _served.Start(Options with { HandshakeTimeout = TimeSpan.FromSeconds(8), Log = before.Enqueue });
        using NbdPeer slow = NbdPeer.Greet(_served.Place);
        slow.Ask(NbdOption.List, []);
        _served.TakeOver(Options);
        slow.ReadToEnd();
        while (!_log.Concat(before).Any(static line => line.EndsWith("in time.", StringComparison.Ordinal)))
        {
            await Task.Delay(1);
        }

        Assert.Empty(before);
    }

    [Fact]
    public void A_refused_takeover_leaves_it_to_the_first_and_the_next_has_it()
    {
        _served.Start(Options);
        using NbdPeer patient = NbdPeer.Greet(_served.Place);
        using NbdPeer peer = NbdPeer.Greet(_served.Place);
        patient.Ask(NbdOption.StructuredReply, []);
        peer.Ask(NbdOption.StructuredReply, []);
        byte[] go = NbdPeer.Option(NbdOption.Go, NbdPeer.Named("disk"));
        patient.Socket.Send(go.AsSpan(0, 5));
        peer.Socket.Send(go.AsSpan(0, 5));
        NbdServerOptions others = _served.Exporting(new PersistentDiskOptions { Name = "other", SizeBytes = 1L << 20 });
        for (int i = 0; i < 2; i++)
        {
            Assert.Throws<InvalidDataException>(() => _served.TakeOver(others));
        }

        RequireGone(peer, go);
        _served.TakeOver(Options);
        RequireGone(patient, go);
        Assert.Equal(new byte[PageBytes], peer.ReadDisk(0, PageBytes));
    }

    /// <summary>It has nothing that it could lose, and would keep all others from a new server for as long as it likes.</summary>
    [Fact]
    public async Task One_that_takes_no_answers_does_not_hold_a_takeover_up()
    {
        NbdServerOptions options = Options;
        _served.Start(options, TimeSpan.FromSeconds(2));
        using NbdPeer user = NbdPeer.Enter(_served.Place, "disk");
        user.WriteDisk(0, DiskUser.Noise(1));
        using NbdPeer shy = NbdPeer.Greet(_served.Place);
        shy.Ask(NbdOption.StructuredReply, []);
        using NbdPeer deaf = NbdPeer.Greet(_served.Place);
        byte[] question = NbdPeer.Option(NbdOption.List, []);
        byte[] questions = [.. Enumerable.Repeat(question, 100).SelectMany(static bytes => bytes)];
        deaf.Socket.Blocking = false;
        while (!_served.Servers[0].Disks!.HasDeaf)
        {
            deaf.Socket.Send(questions, SocketFlags.None, out _);
            await Task.Delay(1);
        }

        NbdServer successor = _served.TakeOver(options);
        Assert.Equal(DiskUser.Noise(1), user.ReadDisk(0, PageBytes));
        Assert.Equal(2, successor.ConnectionCount);
        byte[] go = NbdPeer.Option(NbdOption.Go, NbdPeer.Named("disk"));
        shy.Socket.Send(go.AsSpan(0, 5));
        RequireGone(shy, go);
        Assert.Contains(_log, static line => line.EndsWith("it takes no answers to its handshake.", StringComparison.Ordinal));
        deaf.Socket.Blocking = true;
        deaf.ReadToEnd();
    }

    /// <summary>Says all of a choice but its first five bytes, and finds itself at the disk.</summary>
    private static void RequireGone(NbdPeer peer, byte[] go)
    {
        peer.Socket.Send(go.AsSpan(5));
        byte[] answer = peer.Read(Head + 12 + Head + 14 + Head);
        Assert.Equal((uint)NbdOptionReply.Info, BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(12)));
        Assert.Equal((uint)NbdOptionReply.Ack, BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(answer.Length - 8)));
        peer.AgreeOnStructure();
        Assert.Equal(new byte[100], peer.ReadDisk(PageBytes, 100));
    }

    private static void RequireEntered(NbdPeer peer)
    {
        peer.AgreeOnStructure();
        Assert.Equal(new byte[PageBytes], peer.ReadDisk(0, PageBytes));
        Assert.Equal(NbdError.None, peer.Do(NbdCommand.BlockStatus, 0, PageBytes).Error);
    }

    /// <summary>What the first server answers to all of it at once, the greeting included.</summary>
    private byte[] ReferenceAnswers(byte[] all)
    {
        using NbdPeer peer = NbdPeer.Connect(_served.Place);
        peer.Socket.Send(all);
        byte[] answers = peer.Read(NbdWire.GreetingBytes + s_answerBytes.Sum());
        RequireEntered(peer);
        return answers;
    }

    /// <summary>How much of the answers is due once so much has been said; of an option that is too long, the answer comes at its header.</summary>
    private static int HeardBy(byte[][] said, int bytes)
    {
        int heard = NbdWire.GreetingBytes;
        for (int i = 0; i < said.Length && bytes >= said[i].Length; i++)
        {
            heard += s_answerBytes[i];
            bytes -= said[i].Length;
        }

        return heard;
    }
}
