using TmemCore.Abi;
using Xunit;

namespace TmemCore.Tests.Abi;

/// <summary>A million broken inputs: the readers refuse or read, and never throw, overrun or call twice.</summary>
public class HostileBytesTests
{
    private const int Inputs = 1_000_000;
    private const int Seed = 20_090_507;

    [Fact]
    public void No_bytes_make_a_dispatcher_throw_or_call_twice()
    {
        Random random = new(Seed);
        TmemAbi[] abis = [.. TmemAbi.All()];
        CountingHandler handler = new();
        byte[] buffer = new byte[160];
        long[] outcomes = new long[4];
        for (int i = 0; i < Inputs; i++)
        {
            TmemAbi abi = abis[i % abis.Length];
            ReadOnlySpan<byte> op = Mangle(random, abi, buffer);
            bool isControl = random.Next(4) == 0;
            long before = handler.Calls + handler.Unknown;
            long answer = isControl ? ControlOps.Dispatch(abi, op, handler) : GuestOps.Dispatch(abi, op, handler);
            long calls = handler.Calls + handler.Unknown - before;
            int size = isControl && abi.Generation >= AbiGeneration.V1Sysctl46 ? XenSysctlTmemOp.SizeOf(abi) : TmemOp.SizeOf(abi);
            bool tooShort = op.Length < size;
            if (calls != (tooShort ? 0 : 1) || answer == AbiResults.Fault != tooShort)
            {
                Assert.Fail($"Seed {Seed}, input {i}: {calls} calls, answer {answer}");
            }

            outcomes[(tooShort ? 0 : 1) + (isControl ? 2 : 0)]++;
        }

        Assert.All(outcomes, outcome => Assert.True(outcome > Inputs / 50));
        Assert.True(handler.Calls > Inputs / 10 && handler.Unknown > Inputs / 100, $"{handler.Calls} ops, {handler.Unknown} unknown");
    }

    [Fact]
    public void No_bytes_make_a_structure_throw_and_what_is_read_can_be_written()
    {
        Random random = new(Seed);
        TmemAbi[] abis = [.. TmemAbi.All()];
        byte[] buffer = new byte[160];
        byte[] copy = new byte[160];
        int read = 0;
        for (int i = 0; i < Inputs / 5; i++)
        {
            TmemAbi abi = abis[i % abis.Length];
            ReadOnlySpan<byte> bytes = Mangle(random, abi, buffer);
            if (TmemOp.TryRead(abi, bytes, out TmemOp op))
            {
                op.Write(abi, copy);
                if (!TmemOp.TryRead(abi, copy, out TmemOp again) || again != op)
                {
                    Assert.Fail($"Seed {Seed}, input {i}: {op} became {again}");
                }

                read++;
            }

            read += TmemHandle.TryRead(abi, bytes, out TmemHandle handle) && handle.Write(abi, copy) > 0 ? 1 : 0;
            read += XenSysctl.TryRead(abi, bytes, out XenSysctl sysctl) && sysctl.Write(abi, copy) > 0 ? 1 : 0;
            read += XenTmemClient.TryRead(abi, bytes, out XenTmemClient client) && client.Write(abi, copy) > 0 ? 1 : 0;
            read += XenTmemPoolInfo.TryRead(abi, bytes, out XenTmemPoolInfo info) && info.Write(abi, copy) > 0 ? 1 : 0;
        }

        Assert.True(read > Inputs / 10, $"{read} were read");
    }

    /// <summary>A sound op with a known or random number, then cut, extended, flipped or replaced.</summary>
    private static ReadOnlySpan<byte> Mangle(Random random, TmemAbi abi, byte[] buffer)
    {
        random.NextBytes(buffer);
        uint command = random.Next(5) switch
        {
            0 => (uint)random.Next(12),
            1 => (uint)random.Next(100, 104),
            2 => (uint)random.NextInt64(1L << 32),
            _ => (uint)random.Next(40),
        };
        BitConverter.TryWriteBytes(buffer, command);
        BitConverter.TryWriteBytes(buffer.AsSpan(8), (uint)random.Next(36));
        int size = TmemOp.SizeOf(abi);
        int length = random.Next(5) switch
        {
            0 => random.Next(size),
            1 => random.Next(size, buffer.Length + 1),
            _ => Math.Max(size, XenSysctlTmemOp.MaxSize),
        };
        for (int flips = random.Next(4); flips > 0; flips--)
        {
            buffer[random.Next(buffer.Length)] ^= (byte)(1 << random.Next(8));
        }

        return buffer.AsSpan(0, length);
    }
}
