using System.Buffers.Binary;
using TmemCore.Abi;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Dispatch;

/// <summary>Ops that nobody would write: a client sends them while another's pages lie in the same host.</summary>
public sealed class HostilePortTests : IDisposable
{
    private const int Victim = 1;
    private const int Attacker = 2;
    private const ulong Frame = 0x100;
    private const int OpsPerAbi = 110_000;
    private const uint VictimPages = 64;
    private const int EnvelopeBytes = 136;

    private readonly TmemHost _host = new(Hosts.Small with { Profile = TmemProfile.Xen, CapacityBytes = 16 * Hosts.Mebibyte });
    private readonly TmemDispatcher _dispatcher;
    private readonly GuestMemory _memory = new();
    private readonly byte[] _frames = new byte[4 * TmemPool.PageBytes];
    private readonly GuestRegistration _registration;

    public HostilePortTests()
    {
        _dispatcher = new TmemDispatcher(_host);
        _registration = _memory.Register(Frame, _frames, GuestAccess.ReadWrite);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _host.Dispose();
    }

    [Fact]
    public void A_million_broken_ops_harm_nobody_else()
    {
        FillVictim();
        long calls = 0;
        long refusals = 0;
        var pools = new PoolWatch(_dispatcher.WithGeneration(AbiGeneration.V1Sysctl48), Attacker);
        foreach (TmemAbi abi in TmemAbi.All())
        {
            var options = new InProcessPortOptions { Generation = abi.Generation, WordSize = abi.WordSize };
            var port = new InProcessPort(_dispatcher, Attacker, _memory, options);
            var random = new Random(abi.Index);
            var op = new byte[EnvelopeBytes + 8];
            for (int i = 0; i < OpsPerAbi; i++)
            {
                bool isSysctl = i % 16 == 0;
                int length = isSysctl ? BreakSysctl(random, op) : BreakOp(random, abi, op);
                long answer = port.Call(isSysctl ? HypercallNumber.Sysctl : HypercallNumber.TmemOp, op.AsSpan(0, length));
                calls++;
                refusals += answer < 0 ? 1 : 0;
                string? harm = pools.HarmOf(answer, isSysctl ? null : BinaryPrimitives.ReadUInt32LittleEndian(op));
                Assert.True(harm is null, $"{abi}: op {Convert.ToHexString(op.AsSpan(0, length))} answered {answer}, and {harm}");
                Assert.True(answer is >= -1001 and <= 15, $"{abi}: op {Convert.ToHexString(op.AsSpan(0, length))} answered {answer}");
            }

            Assert.Empty(_host.Verify());
            RequireVictimUnharmed();
        }

        Assert.True(calls >= 1_000_000 && refusals > calls / 4 && refusals < calls, $"{refusals} of {calls} refused");
    }

    [Fact]
    public void Refused_ops_change_nothing()
    {
        FillVictim();
        string before = State();
        foreach (TmemAbi abi in TmemAbi.All())
        {
            var options = new InProcessPortOptions { Generation = abi.Generation, WordSize = abi.WordSize };
            var port = new InProcessPort(_dispatcher, Attacker, _memory, options);
            var bytes = new byte[EnvelopeBytes];
            int size = TmemOp.SizeOf(abi);
            for (int length = 0; length < size; length++)
            {
                new TmemOp { Command = NewPoolOp.Number }.Write(abi, bytes);
                Assert.Equal(-Errno.EFAULT, port.Call(HypercallNumber.TmemOp, bytes.AsSpan(0, length)));
            }

            long refusal = abi.Generation >= AbiGeneration.V1Sysctl46 ? -Errno.EOPNOTSUPP : -Errno.EPERM;
            for (uint subop = 0; subop < 40; subop++)
            {
                new TmemOp { Command = 0, Control = new TmemOp.ControlArm { Subop = subop, ClientId = 0xffff } }.Write(abi, bytes);
                Assert.Equal(refusal, port.Call(HypercallNumber.TmemOp, bytes.AsSpan(0, size)));
            }

            if (abi.Generation == AbiGeneration.V0May2009)
            {
                continue;
            }

            foreach (uint command in new[] { AuthOp.Number, RestoreNewOp.Number })
            {
                new TmemOp { Command = command, Create = new TmemOp.CreateArm { Argument1 = Victim } }.Write(abi, bytes);
                Assert.Equal(
                    abi.Generation == AbiGeneration.V1Sysctl48 ? -Errno.EOPNOTSUPP : -Errno.EPERM,
                    port.Call(HypercallNumber.TmemOp, bytes.AsSpan(0, size)));
            }
        }

        Assert.Equal(before, State());
        Assert.False(_host.TryGetClient(Attacker, out _));
        Assert.Empty(_host.Verify());
    }

    [Fact]
    public void Broken_control_operations_of_a_toolstack_are_answered()
    {
        FillVictim();
        foreach (TmemAbi abi in TmemAbi.All())
        {
            var options = new InProcessPortOptions { Generation = abi.Generation, WordSize = abi.WordSize, IsPrivileged = true };
            var port = new InProcessPort(_dispatcher, Attacker, _memory, options);
            var random = new Random(100 + abi.Index);
            var op = new byte[EnvelopeBytes];
            for (int i = 0; i < 4_000; i++)
            {
                bool isSysctl = abi.Generation >= AbiGeneration.V1Sysctl46;
                int length = isSysctl ? Envelope(random, abi, op) : ControlOp(random, abi, op);
                port.Call(isSysctl ? HypercallNumber.Sysctl : HypercallNumber.TmemOp, op.AsSpan(0, length));
            }

            Assert.Empty(_host.Verify());
        }
    }

    private static int BreakOp(Random random, TmemAbi abi, byte[] op)
    {
        int size = TmemOp.SizeOf(abi);
        random.NextBytes(op);
        uint command = random.Next(24) switch
        {
            0 => (uint)random.Next(),
            1 => (uint)random.Next(100, 104),
            _ => (uint)random.Next(0, 12),
        };
        BinaryPrimitives.WriteUInt32LittleEndian(op, command);
        BinaryPrimitives.WriteInt32LittleEndian(op.AsSpan(4), random.Next(8) == 0 ? random.Next() : random.Next(-1, 18));
        if (command is 1 or 101 or 102)
        {
            // Flags that are nearly right, so that there are pools to aim at.
            uint version = abi.Generation <= AbiGeneration.V0Aug2009 ? 0u : 0x0100_0000;
            BinaryPrimitives.WriteUInt32LittleEndian(op.AsSpan(24), version | (uint)random.Next(8));
            BinaryPrimitives.WriteUInt32LittleEndian(op.AsSpan(28), (uint)random.Next(0, 4));
        }
        else
        {
            int idBytes = abi.Generation <= AbiGeneration.V0Aug2009 ? 8 : 24;
            op.AsSpan(8, idBytes + 16).Clear();
            op[8] = (byte)random.Next(4);
            op[8 + idBytes] = (byte)random.Next(8);
            BinaryPrimitives.WriteUInt32LittleEndian(op.AsSpan(8 + idBytes + 12), (uint)random.Next(0, 8192));
            int frameBytes = abi.WordSize == AbiWordSize.Bits64 ? 8 : 4;
            op.AsSpan(size - frameBytes, frameBytes).Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(op.AsSpan(size - frameBytes), (uint)Frame + (uint)random.Next(-1, 6));
        }

        int flips = random.Next(4) == 0 ? random.Next(1, 4) : 0;
        for (; flips > 0; flips--)
        {
            op[random.Next(size)] ^= (byte)(1 << random.Next(8));
        }

        return random.Next(16) == 0 ? random.Next(0, size + 9) : size;
    }

    private static int BreakSysctl(Random random, byte[] envelope)
    {
        random.NextBytes(envelope);
        BinaryPrimitives.WriteUInt32LittleEndian(envelope, (uint)random.Next(23, 26));
        BinaryPrimitives.WriteUInt32LittleEndian(envelope.AsSpan(4), (uint)random.Next(0x0b, 0x14));
        return random.Next(EnvelopeBytes + 1);
    }

    private static int Envelope(Random random, TmemAbi abi, byte[] envelope)
    {
        bool isFirst = abi.Generation == AbiGeneration.V1Sysctl46;
        var op = new XenSysctlTmemOp
        {
            Command = (uint)random.Next(0, 40),
            PoolId = random.Next(-1, 17),
            ClientId = Client(random),
            Argument1 = isFirst ? Size(random) : 0,
            Argument2 = isFirst ? Size(random) : 0,
            Length = isFirst ? 0 : Size(random),
            Argument = isFirst ? 0 : Size(random),
            Pad = random.Next(10) == 0 ? 1u : 0,
            Object = new ObjectId((ulong)random.Next(4)),
            Buffer = Address(random),
        };
        uint version = isFirst ? 0x0du : 0x12;
        return new XenSysctl { Command = XenSysctl.TmemCommand, InterfaceVersion = version, TmemOp = op }.Write(abi, envelope);
    }

    private static int ControlOp(Random random, TmemAbi abi, byte[] bytes) => new TmemOp
    {
        PoolId = random.Next(-1, 17),
        Control = new TmemOp.ControlArm
        {
            Subop = (uint)random.Next(0, 40),
            ClientId = Client(random),
            Argument1 = Size(random),
            Argument2 = Size(random),
            Object = abi.Generation == AbiGeneration.V0May2009 ? default : new ObjectId((ulong)random.Next(4)),
            Buffer = Address(random),
        },
    }.Write(abi, bytes);

    private static uint Client(Random random) => random.Next(6) switch
    {
        0 => 0xffff,
        1 => 0xffff_ffff,
        2 => (uint)random.Next(),
        _ => (uint)random.Next(0, 4),
    };

    private static uint Size(Random random) => random.Next(5) switch
    {
        0 => (uint)random.Next(),
        1 => uint.MaxValue,
        2 => TmemPool.PageBytes + 32,
        3 => 32 * (uint)random.Next(0, 18),
        _ => TmemPool.PageBytes,
    };

    private static ulong Address(Random random) => random.Next(4) == 0
        ? uint.MaxValue - (uint)random.Next(8)
        : (Frame * TmemPool.PageBytes) + (ulong)random.Next(4 * TmemPool.PageBytes);

    private void FillVictim()
    {
        var memory = new GuestMemory();
        var page = new byte[TmemPool.PageBytes];
        using GuestRegistration registration = memory.Register(Frame, page, GuestAccess.ReadWrite);
        var client = new HypercallClient(new InProcessPort(_dispatcher, Victim, memory));
        Assert.Equal(0, client.NewPool(new PoolUuid(3, 4), HypercallClient.PersistentPool));
        for (uint i = 0; i < VictimPages; i++)
        {
            Pages.Fill(page, i);
            Assert.Equal(1, client.Put(0, i % 4, i, Frame));
        }
    }

    private void RequireVictimUnharmed()
    {
        var memory = new GuestMemory();
        var page = new byte[TmemPool.PageBytes];
        using GuestRegistration registration = memory.Register(Frame, page, GuestAccess.ReadWrite);
        var client = new HypercallClient(new InProcessPort(_dispatcher, Victim, memory));
        for (uint i = 0; i < VictimPages; i++)
        {
            Assert.Equal(1, client.Get(0, i % 4, i, Frame));
            Assert.Equal(Pages.Of(i), page);
        }
    }

    /// <summary>The list text without the line of the host, whose counters count refused calls, too.</summary>
    private string State()
    {
        Assert.Equal(0, _dispatcher.List(TmemDispatcher.AllClients, 65_536, isLong: true, out string text));
        return text[text.IndexOf('\n', StringComparison.Ordinal)..];
    }

    /// <summary>The pools of a client and how many pages each has: what a refused op must not change.</summary>
    private sealed class PoolWatch(TmemDispatcher dispatcher, int client)
    {
        private XenTmemPoolInfo[] _before = new XenTmemPoolInfo[16];
        private XenTmemPoolInfo[] _now = new XenTmemPoolInfo[16];

        /// <summary>What a refused op has changed; null if nothing, or if it was not refused.</summary>
        public string? HarmOf(long answer, uint? command)
        {
            (_before, _now) = (_now, _before);
            Array.Clear(_now);
            dispatcher.GetPools(client, _now);
            for (int i = 0; answer < 0 && i < _now.Length; i++)
            {
                // A replacement that fails takes the older page with it.
                bool isReplaced = command is PutPageOp.Number or NewPageOp.Number or WriteOp.Number
                    && _now[i] with { PageCount = _now[i].PageCount + 1 } == _before[i];
                if (_now[i] != _before[i] && !isReplaced)
                {
                    return $"{_before[i]} became {_now[i]}";
                }
            }

            return null;
        }
    }
}
