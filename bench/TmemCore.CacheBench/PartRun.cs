using System.Buffers;
using System.Diagnostics;

namespace TmemCore.CacheBench;

/// <summary>What needs a process with one cache alone: its memory, its collections, and what it holds in a memory of one size.</summary>
internal static class PartRun
{
    public const string Density = "density";
    public const string Churn = "churn";
    public const string Zipf = "zipf";
    public const string Scan = "scan";

    /// <summary>What the process may take more than before in the parts about hits.</summary>
    public const long HitBytes = 64L << 20;

    public const int HitValueBytes = 2048;
    private const long DensityBytes = 96L << 20;
    private const long ChurnLimitBytes = 128L << 20;
    private const int ChurnValueBytes = 4096;
    private const int HitKeys = 150_000;
    private const double HitSkew = 0.9;
    private const int WarmUpRequests = 50_000;
    private const int BetweenScans = 20_000;
    private const int ScanKeys = 10_000;

    public static PartRow Run(string part, string cache, bool isNoise, int valueBytes, long limitBytes, BenchPlan plan) => part switch
    {
        Density => RunDensity(cache, isNoise, valueBytes),
        Churn => RunChurn(cache, isNoise, plan),
        _ => RunHits(part, cache, isNoise, limitBytes, plan),
    };

    private static PartRow RunDensity(string cache, bool isNoise, int valueBytes)
    {
        using ICachePeer peer = Peers.Make(cache, 4 * DensityBytes, valueBytes);
        byte[] value = new byte[valueBytes];
        peer.Set("warm", value, valueBytes);
        long before = Settled(peer);
        int values = (int)(DensityBytes / valueBytes);
        for (int key = 0; key < values; key++)
        {
            Values.Write(value, key, isNoise);
            peer.Set($"catalogue:item:{key}", value, valueBytes);
        }

        return new PartRow { ProcessBytes = Settled(peer) - before, DataBytes = (long)values * valueBytes, ValueBytes = valueBytes };
    }

    private static PartRow RunChurn(string cache, bool isNoise, BenchPlan plan)
    {
        using ICachePeer peer = Peers.Make(cache, ChurnLimitBytes, ChurnValueBytes);
        using var pauses = new PauseListener();
        byte[] value = new byte[ChurnValueBytes];
        Values.Write(value, 0, isNoise);
        long before = ProcessMemory.ResidentBytes(peer.ProcessId);
        int collections = GC.CollectionCount(2);
        long begin = Stopwatch.GetTimestamp();
        for (int key = 0; key < plan.ChurnBytes / ChurnValueBytes; key++)
        {
            BitConverter.TryWriteBytes(value, key);
            peer.Set($"catalogue:item:{key}", value, ChurnValueBytes);
        }

        return new PartRow
        {
            Seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds,
            FullCollections = GC.CollectionCount(2) - collections,
            LongestPauseMilliseconds = pauses.Longest.TotalMilliseconds,
            ProcessBytes = ProcessMemory.PeakBytes(peer.ProcessId) - before,
            DataBytes = plan.ChurnBytes,
            LimitBytes = ChurnLimitBytes,
            ValueBytes = ChurnValueBytes,
        };
    }

    private static PartRow RunHits(string part, string cache, bool isNoise, long limitBytes, BenchPlan plan)
    {
        using ICachePeer peer = Peers.Make(cache, limitBytes, HitValueBytes);
        var writer = new ArrayBufferWriter<byte>(HitValueBytes);
        byte[] value = new byte[HitValueBytes];
        WarmUp(part, value, isNoise);
        long before = ProcessMemory.ResidentBytes(peer.ProcessId);
        long most = 0;
        int hits = 0, counted = 0, request = 0;
        foreach (int key in Keys(part, plan.Requests))
        {
            string text = $"catalogue:item:{key}";
            writer.ResetWrittenCount();
            bool isHit = peer.TryGet(text, writer);
            if (!isHit)
            {
                Values.Write(value, key, isNoise);
                peer.Set(text, value, HitValueBytes);
            }

            // The first half warms the cache.
            if (++request > plan.Requests / 2)
            {
                counted++;
                hits += isHit ? 1 : 0;
            }

            if (request % 2048 == 0)
            {
                most = Math.Max(most, ProcessMemory.ResidentBytes(peer.ProcessId));
            }
        }

        return new PartRow { HitRatio = hits / (double)counted, ProcessBytes = most - before, LimitBytes = limitBytes, ValueBytes = HitValueBytes };
    }

    /// <summary>Makes keys and values as the requests do: the garbage that they leave is no cache's.</summary>
    private static void WarmUp(string part, byte[] value, bool isNoise)
    {
        int bytes = 0;
        foreach (int key in Keys(part, WarmUpRequests))
        {
            bytes += $"catalogue:item:{key}".Length;
            Values.Write(value, key, isNoise);
        }

        GC.KeepAlive(bytes);
    }

    /// <summary>Keys by Zipf's law; in the other workload, with scans over keys that never come again between them.</summary>
    private static IEnumerable<int> Keys(string part, int requests)
    {
        var zipf = new ZipfKeys(HitKeys, HitSkew, seed: 1);
        int scanned = HitKeys;
        for (int i = 0; i < requests; i++)
        {
            yield return part == Scan && i % (BetweenScans + ScanKeys) >= BetweenScans ? scanned++ : zipf.Next();
        }
    }

    private static long Settled(ICachePeer peer)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return ProcessMemory.ResidentBytes(peer.ProcessId);
    }
}
