using System.Buffers.Binary;
using System.Diagnostics;

namespace TmemCore.Benchmarks.Peers;

/// <summary>The same work for any store: fill it, then get and put at random keys. Each value carries its key and how often it was put.</summary>
internal sealed class PeerLoad(int entries)
{
    /// <summary>Gets, and as many puts, in a round: 64 MiB of values each.</summary>
    public const int RoundOperations = 16_384;

    /// <summary>Gets and puts before a round that are not counted: another process has just had the caches.</summary>
    private const int TurnOperations = 4096;

    private const int WarmUpEntries = 8192;
    private const int VersionAt = TmemPool.PageBytes - sizeof(long);

    private readonly long[] _versions = new long[entries];
    private readonly double[] _ns = new double[RoundOperations];
    private readonly byte[] _value = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);
    private readonly Random _random = new(1);
    private long _residentBefore;

    /// <summary>Runs everything once on a small store of the same kind, so that what is compiled and loaded is there before memory is measured.</summary>
    public void WarmUp(string name)
    {
        var small = new PeerLoad(WarmUpEntries);
        using (IPeerStore store = PeerStores.Make(name, WarmUpEntries))
        {
            small.Fill(store);
            small.Run(store);
        }

        Collect();
        _residentBefore = ResidentBytes();
    }

    /// <summary>Puts every key once.</summary>
    /// <returns>Resident memory beyond the values for each entry, after a full collection.</returns>
    public double Fill(IPeerStore store)
    {
        for (int key = 0; key < entries; key++)
        {
            Put(store, key);
        }

        Collect();
        return OverheadBytes();
    }

    public PeerRound Run(IPeerStore store)
    {
        int collections = GC.CollectionCount(2);
        TimeSpan paused = GC.GetTotalPauseDuration();
        for (int i = 0; i < TurnOperations; i++)
        {
            Get(store, _random.Next(entries));
            Put(store, _random.Next(entries));
        }

        for (int i = 0; i < RoundOperations; i++)
        {
            _ns[i] = Get(store, _random.Next(entries));
        }

        Array.Sort(_ns);
        (double getP50, double getP99, double getP999) = (At(0.5), At(0.99), At(0.999));
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < RoundOperations; i++)
        {
            _ns[i] = Put(store, _random.Next(entries));
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        double mean = _ns.Average();
        Array.Sort(_ns);
        return new PeerRound(
            getP50,
            getP99,
            getP999,
            At(0.5),
            At(0.99),
            At(0.999),
            mean,
            _ns[^1],
            (double)allocated / RoundOperations,
            GC.CollectionCount(2) - collections,
            (GC.GetTotalPauseDuration() - paused).TotalMilliseconds,
            OverheadBytes());
    }

    private static void Collect() => GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static long ResidentBytes() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;

    private double OverheadBytes() => ((double)(ResidentBytes() - _residentBefore) / entries) - TmemPool.PageBytes;

    private double At(double share) => _ns[(int)(RoundOperations * share)];

    private double Put(IPeerStore store, int key)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_value, key);
        BinaryPrimitives.WriteInt64LittleEndian(_value.AsSpan(VersionAt), ++_versions[key]);
        long begin = Stopwatch.GetTimestamp();
        store.Put(key, _value);
        return Ns(begin, Stopwatch.GetTimestamp());
    }

    private double Get(IPeerStore store, int key)
    {
        long begin = Stopwatch.GetTimestamp();
        bool isFound = store.TryGet(key, _value);
        double ns = Ns(begin, Stopwatch.GetTimestamp());
        return isFound && BinaryPrimitives.ReadInt64LittleEndian(_value) == key
            && BinaryPrimitives.ReadInt64LittleEndian(_value.AsSpan(VersionAt)) == _versions[key]
            ? ns
            : throw new InvalidDataException($"Value {key} is {(isFound ? "not the last that was put" : "missing")}.");
    }

    private static double Ns(long begin, long end) => (end - begin) * (1e9 / Stopwatch.Frequency);
}
