using System.Buffers.Binary;
using System.Net.Sockets;
using TmemCore.Abi;
using TmemCore.Client;
using TmemCore.Statistics;
using TmemCore.Wire;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>What a daemon tells of its memory, and to whom.</summary>
public sealed class MemoryQueryTests
{
    private static readonly MemoryStatistics s_memory = new()
    {
        CapacityBytes = 1,
        TargetBytes = 2,
        CommittedBytes = 3,
        FloorBytes = 4,
        Reason = TargetReason.Pressure,
        Source = "the control group /a b/c",
        AvailableBytes = -5,
        ReserveBytes = 6,
        SomeStall = 0.125,
        FullStall = 0.5,
        Readings = 7,
        Growths = 8,
        Shrinks = 9,
        ReturnedBytes = long.MaxValue,
    };

    [Fact]
    public async Task A_client_that_may_control_is_told_what_the_host_tells()
    {
        await using var served = new ServedHost(new() { CapacityBytes = 16L << 20, Governor = new() { Interval = TimeSpan.FromSeconds(10) } });
        using TmemConnection connection = served.Connect();

        MemoryStatistics memory = connection.Control.QueryMemory()!;

        Assert.Equal(served.Host.GetStatistics().Memory, memory);
        Assert.Equal((16L << 20, 1), (memory.CapacityBytes, memory.Readings));
    }

    [Fact]
    public async Task A_client_that_may_not_control_is_told_nothing()
    {
        await using var served = new ServedHost(null, static options => options with { Access = [new() { UserId = ServedHost.UserId }] });
        using TmemConnection connection = served.Connect();
        Assert.Throws<UnauthorizedAccessException>(() => connection.Control.QueryMemory());
    }

    [Fact]
    public void All_values_survive_the_way() => Assert.Equal(s_memory, WireMemory.TryRead(WireMemory.Write(s_memory), out MemoryStatistics read) ? read : null);

    [Fact]
    public void A_source_with_anything_but_printable_characters_stays_on_its_line()
    {
        string text = WireMemory.Write(s_memory with { Source = "the control group /a\n\u00e9\u0007" });
        Assert.True(WireMemory.TryRead(text, out MemoryStatistics read));
        Assert.Equal("the control group /a???", read.Source);
        Assert.All(text, static one => Assert.True(one is '\n' or (>= ' ' and <= '~')));
    }

    [Theory]
    [InlineData("colour red\ntarget 5\n", 5, TargetReason.NoGovernor)]
    [InlineData("reason Weather\ntarget 5\n", 5, TargetReason.NoReading)]
    [InlineData("reason 77\ntarget 5\n", 5, TargetReason.NoReading)]
    [InlineData("reason Growing\n", 0, TargetReason.Growing)]
    public void What_a_later_release_tells_is_passed_over(string text, long target, TargetReason reason)
    {
        Assert.True(WireMemory.TryRead(text, out MemoryStatistics read));
        Assert.Equal((target, reason), (read.TargetBytes, read.Reason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("target")]
    [InlineData(" 5\n")]
    [InlineData("target much\n")]
    [InlineData("some 1.5\n")]
    [InlineData("full NaN\n")]
    public void A_text_that_is_none_is_refused(string text) => Assert.False(WireMemory.TryRead(text, out _));

    [Fact]
    public async Task A_daemon_of_an_earlier_release_tells_nothing()
    {
        using TemporarySocket path = new();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path.FullName));
        listener.Listen();
        Task<byte[]> answering = Task.Run(() =>
        {
            using Socket one = listener.Accept();
            var greeting = new byte[WireGreeting.Bytes];
            new WireGreeting(0, 1, MayControl: true).Write(greeting);
            one.Send(greeting);
            var request = new byte[WireFrame.HeaderBytes + TmemOp.MaxSize];
            for (int got = 0; got < request.Length;)
            {
                got += one.Receive(request.AsSpan(got));
            }

            var answer = new byte[WireFrame.HeaderBytes];
            WireFrame.WriteAnswer(answer, BinaryPrimitives.ReadUInt32LittleEndian(request.AsSpan(4)), -38, 0);
            one.Send(answer);
            return request;
        });
        using TmemConnection connection = TmemConnection.Connect(path.FullName);

        Assert.Null(connection.Control.QueryMemory());
        Assert.Equal([200, .. new byte[TmemOp.MaxSize - 1]], (await answering)[WireFrame.HeaderBytes..]);
    }

    /// <summary>A path for a socket in a folder of its own.</summary>
    private sealed class TemporarySocket : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("tmem-tests-").FullName;

        public string FullName => Path.Combine(_folder, "s");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
