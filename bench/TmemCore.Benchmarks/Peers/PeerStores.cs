namespace TmemCore.Benchmarks.Peers;

/// <summary>The stores by name; this engine is the first.</summary>
internal static class PeerStores
{
    public const string Engine = "TmemCore";

    private const string BareCopy = "bare copy";
    private const string Lmdb = "LMDB";

    public static IReadOnlyList<string> All { get; } = [Engine, BareCopy, "ConcurrentDictionary", "MemoryCache", "ConcurrentLru", "FASTER", Lmdb];

    /// <summary>Those that this machine can run.</summary>
    public static IEnumerable<string> Here => All.Where(static name => WhyNot(name) is null);

    /// <summary>Why a store cannot be measured here, or null.</summary>
    public static string? WhyNot(string name) => name == Lmdb && !LmdbStore.IsThere
        ? $"{name} is left out: there is no {Native.Library}. Debian's package liblmdb0 has it."
        : null;

    public static IPeerStore Make(string name, int entries) => name switch
    {
        Engine => new EngineStore(entries),
        BareCopy => new BareCopyStore(entries),
        "ConcurrentDictionary" => new DictionaryStore(entries),
        "MemoryCache" => new MemoryCacheStore(entries),
        "ConcurrentLru" => new ConcurrentLruStore(entries),
        "FASTER" => new FasterStore(entries),
        Lmdb => new LmdbStore(entries),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, $"There is no store {name}; there are: {string.Join(", ", All)}."),
    };
}
