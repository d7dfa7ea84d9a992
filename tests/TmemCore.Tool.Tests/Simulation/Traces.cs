using System.Buffers.Binary;
using System.Globalization;
using TmemCore.Tool.Simulation;

namespace TmemCore.Tool.Tests.Simulation;

/// <summary>Traces for tests, and what a simulation makes of them.</summary>
internal static class Traces
{
    public static ulong[] Skewed(int seed, int requests, int blocks)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, requests).Select(_ => (ulong)(blocks * Math.Pow(random.NextDouble(), 3)))];
    }

    public static ulong[] Loop(int requests, int blocks) => [.. Enumerable.Range(0, requests).Select(i => (ulong)(i % blocks))];

    public static string Lis(IEnumerable<ulong> blocks) =>
        string.Concat(blocks.Select((block, i) => string.Create(CultureInfo.InvariantCulture, $"{block} 1 0 {i}\n")));

    /// <summary>Records of 24 bytes that say when each block is wanted next.</summary>
    public static byte[] OracleGeneral(ulong[] blocks)
    {
        var bytes = new byte[24 * blocks.Length];
        var next = new Dictionary<ulong, long>();
        for (int i = blocks.Length - 1; i >= 0; i--)
        {
            Span<byte> record = bytes.AsSpan(24 * i, 24);
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)i);
            BinaryPrimitives.WriteUInt64LittleEndian(record[4..], blocks[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(record[12..], 4096);
            BinaryPrimitives.WriteInt64LittleEndian(record[16..], next.TryGetValue(blocks[i], out long later) ? later : -1);
            next[blocks[i]] = i;
        }

        return bytes;
    }

    public static SimulationReport Simulate(ulong[] blocks, SimulationOptions options)
    {
        using var folder = new TemporaryFolder();
        using var run = new SimulationRun(options with { TracePath = folder.Write("trace.lis", Lis(blocks)) });
        return run.Run(CancellationToken.None);
    }

    public static SimulationOptions OptionsFor(params int[] sizes) => new() { TracePath = "", Policies = SimulatedPolicy.All, Sizes = sizes };

    public static SimulatedPolicy PolicyOf(string name) => SimulatedPolicy.All.Single(policy => policy.Name == name);

    public static long MissesOf(SimulationReport report, string policy, int pages) =>
        report.Pools.Single(pool => pool.Policy == policy && pool.Pages == pages).Misses;
}
