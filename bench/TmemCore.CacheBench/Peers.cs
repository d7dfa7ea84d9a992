namespace TmemCore.CacheBench;

/// <summary>The caches that are compared.</summary>
internal static class Peers
{
    public const string Tmem = "TmemCore";
    public const string Redis = "Redis";

    /// <summary>All names; those that the machine lacks are named, and left out.</summary>
    public static string[] Available(TextWriter note)
    {
        string[] names = [Tmem, "TmemCore plain", "MemoryCache", "MemoryDistributedCache", "BitFaster ConcurrentLfu"];
        if (RedisPeer.IsInstalled)
        {
            return [.. names, Redis];
        }

        note.WriteLine("There is no redis-server here; its rows are left out.");
        return names;
    }

    /// <summary>Makes a cache.</summary>
    /// <param name="name">Which.</param>
    /// <param name="limitBytes">What it may hold, as it counts.</param>
    /// <param name="meanBytes">The mean value, for those that count values.</param>
    public static ICachePeer Make(string name, long limitBytes, int meanBytes) => name switch
    {
        Tmem => new TmemPeer(limitBytes, PageCompression.Lz4),
        "TmemCore plain" => new TmemPeer(limitBytes, PageCompression.None),
        "MemoryCache" => new MemoryCachePeer(limitBytes),
        "MemoryDistributedCache" => new MemoryDistributedPeer(limitBytes),
        "BitFaster ConcurrentLfu" => new BitFasterPeer(limitBytes, meanBytes),
        Redis => new RedisPeer(limitBytes),
        _ => throw new ArgumentException($"name is {name}; it should be one of a bench's peers.", nameof(name)),
    };
}
