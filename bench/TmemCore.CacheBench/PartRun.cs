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
    private const long WarmUpBytes = 4L << 20;
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
        WarmUp(part, cache, isNoise);
        var zipf = new ZipfKeys(HitKeys, HitSkew, seed: 1);
        using ICachePeer peer = Peers.Make(cache, limitBytes, HitValueBytes);
        Settle();
        TakenMemory before = TakenMemory.Of(peer);

        // The first half warms the cache.
        (int hits, TakenMemory most) = Request(peer, Keys(part, zipf, plan.Requests), isNoise, plan.Requests / 2);
        Settle();
        TakenMemory taken = TakenMemory.Of(peer) - before;
        GC.KeepAlive(zipf);
        return new PartRow
        {
            HitRatio = hits / (double)(plan.Requests / 2),
            ProcessBytes = taken.Bytes,
            ServerBytes = taken.ServerBytes,
            MostBytes = (most - before).Bytes,
            LimitBytes = limitBytes,
            ValueBytes = HitValueBytes,
        };
    }

    /// <summary>
    /// Has all code of the cache and of this bench run before memory is looked at: it is no cache's. In a method of its own, so that nothing holds the small cache afterwards.
    /// </summary>
    private static void WarmUp(string part, string cache, bool isNoise)
    {
        using ICachePeer small = Peers.Make(cache, WarmUpBytes, HitValueBytes);
        Request(small, Keys(part, new ZipfKeys(HitKeys, HitSkew, seed: 2), WarmUpRequests), isNoise, counted: 0);
    }

    /// <summary>Gets each key, and sets it where it is missed.</summary>
    /// <returns>The hits of the last requests, those that count, and the most memory that was seen on the way.</returns>
    private static (int Hits, TakenMemory Most) Request(ICachePeer peer, IEnumerable<int> keys, bool isNoise, int counted)
    {
        var writer = new ArrayBufferWriter<byte>(HitValueBytes);
        byte[] value = new byte[HitValueBytes];
        TakenMemory most = default;
        int hits = 0, request = 0;
        foreach (int key in keys)
        {
            string text = $"catalogue:item:{key}";
            writer.ResetWrittenCount();
            bool isHit = peer.TryGet(text, writer);
            if (!isHit)
            {
                Values.Write(value, key, isNoise);
                peer.Set(text, value, HitValueBytes);
            }

            hits += isHit && request >= counted ? 1 : 0;
            if (++request % 2048 == 0)
            {
                TakenMemory now = TakenMemory.Of(peer);
                most = now.Bytes > most.Bytes ? now : most;
            }
        }

        return (hits, most);
    }

    /// <summary>Keys by Zipf's law; in the other workload, with scans over keys that never come again between them.</summary>
    private static IEnumerable<int> Keys(string part, ZipfKeys zipf, int requests)
    {
        int scanned = HitKeys;
        for (int i = 0; i < requests; i++)
        {
            yield return part == Scan && i % (BetweenScans + ScanKeys) >= BetweenScans ? scanned++ : zipf.Next();
        }
    }

    /// <summary>Has the collector give back all that it can, so that nobody's figure depends on when it last ran.</summary>
    private static void Settle()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
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
