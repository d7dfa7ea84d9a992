using System.Buffers;
using System.Diagnostics;

namespace TmemCore.CacheBench;

/// <summary>One figure of a cache's speed.</summary>
/// <param name="Cache">The cache.</param>
/// <param name="ValueBytes">The length of values.</param>
/// <param name="Threads">Threads at once.</param>
/// <param name="GetsPerSecond">The median of rounds.</param>
/// <param name="SetsPerSecond">The median of rounds.</param>
internal sealed record SpeedRow(string Cache, int ValueBytes, int Threads, double GetsPerSecond, double SetsPerSecond);

/// <summary>Gets and sets a second, all caches in this process, in turns round by round.</summary>
internal static class SpeedRun
{
    private const long WorkingSetBytes = 32L << 20;

    public static IEnumerable<SpeedRow> Run(string[] names, BenchPlan plan)
    {
        foreach (int bytes in (int[])[200, 4096, 65_536])
        {
            int keys = (int)Math.Min(WorkingSetBytes / bytes, 50_000);
            Dictionary<string, ICachePeer> peers = names.ToDictionary(static name => name, name => Peers.Make(name, 8 * WorkingSetBytes, bytes));
            try
            {
                string[] texts = [.. Enumerable.Range(0, keys).Select(static key => $"catalogue:item:{key}")];
                foreach (ICachePeer peer in peers.Values)
                {
                    Fill(peer, texts, bytes);
                }

                foreach (int threads in (int[])[1, 2])
                {
                    foreach (SpeedRow row in Measure(peers, texts, bytes, threads, plan))
                    {
                        yield return row;
                    }
                }
            }
            finally
            {
                foreach (ICachePeer peer in peers.Values)
                {
                    peer.Dispose();
                }
            }
        }
    }

    private static IEnumerable<SpeedRow> Measure(Dictionary<string, ICachePeer> peers, string[] texts, int bytes, int threads, BenchPlan plan)
    {
        Dictionary<string, (List<double> Gets, List<double> Sets)> rates = peers.Keys.ToDictionary(static name => name, static _ => (new List<double>(), new List<double>()));
        for (int round = -1; round < plan.Rounds; round++)
        {
            foreach ((string name, ICachePeer peer) in peers)
            {
                double gets = Rate(peer, texts, bytes, threads, plan.RoundTime, isSet: false);
                double sets = Rate(peer, texts, bytes, threads, plan.RoundTime, isSet: true);
                if (round >= 0)
                {
                    rates[name].Gets.Add(gets);
                    rates[name].Sets.Add(sets);
                }
            }
        }

        return rates.Select(entry => new SpeedRow(entry.Key, bytes, threads, Median(entry.Value.Gets), Median(entry.Value.Sets)));
    }

    private static void Fill(ICachePeer peer, string[] texts, int bytes)
    {
        byte[] value = new byte[bytes];
        for (int key = 0; key < texts.Length; key++)
        {
            Values.Write(value, key, isNoise: false);
            peer.Set(texts[key], value, bytes);
        }
    }

    private static double Rate(ICachePeer peer, string[] texts, int bytes, int threads, TimeSpan time, bool isSet)
    {
        long operations = 0;
        long begin = Stopwatch.GetTimestamp();
        Task[] workers = [.. Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () => Interlocked.Add(ref operations, Work(peer, texts, bytes, thread, time, isSet)), TaskCreationOptions.LongRunning))];
        Task.WaitAll(workers);
        return operations / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static long Work(ICachePeer peer, string[] texts, int bytes, int thread, TimeSpan time, bool isSet)
    {
        var random = new Random(thread + 1);
        var writer = new ArrayBufferWriter<byte>(bytes);
        byte[] value = new byte[bytes];
        Values.Write(value, thread, isNoise: false);
        long operations = 0;
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < time;)
        {
            for (int i = 0; i < 64; i++, operations++)
            {
                string key = texts[random.Next(texts.Length)];
                if (isSet)
                {
                    peer.Set(key, value, bytes);
                }
                else
                {
                    writer.ResetWrittenCount();
                    peer.TryGet(key, writer);
                }
            }
        }

        return operations;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
