namespace TmemCore.Caching;

/// <summary>
/// Where a <see cref="TmemCache"/> keeps its values: in a host of its own, unless one of <see cref="Host"/>, <see cref="ClientFactory"/> and
/// <see cref="SocketPath"/> names another place. Checked once, when the application starts; sizes are in bytes.
/// </summary>
/// <example><code>services.AddTmemCache(o =&gt; o.CapacityBytes = 2L &lt;&lt; 30);</code></example>
public sealed class TmemCacheOptions
{
    /// <summary>
    /// A cache keeps two or three values a frame. Four slots instead of one take 0.3 % of the memory and found, all in the same memory, 0.02 points more of requests by Zipf's law and
    /// 0.45 with scans where values pack well, 0.35 and 0.46 where they do not.
    /// </summary>
    private const int GhostsPerFrame = 4;

    /// <summary>The most memory that the cache's own host may hold, data and metadata together: at least 1 MiB; 64 MiB by default.</summary>
    /// <example><code>services.AddTmemCache(o =&gt; o.CapacityBytes = 2L &lt;&lt; 30);</code></example>
    public long CapacityBytes { get; set; } = 64L << 20;

    /// <summary>How values are made smaller: <see cref="PageCompression.Lz4"/> by default. A daemon has its own setting.</summary>
    /// <example><code>services.AddTmemCache(o =&gt; o.Compression = PageCompression.Zstandard);</code></example>
    public PageCompression Compression { get; set; } = PageCompression.Lz4;

    /// <summary>
    /// Has the cache's own host follow the memory that lies fallow in the machine, so that it gives memory back before others are short of it;
    /// null, the default, for a host that keeps to its capacity alone.
    /// </summary>
    /// <example><code>services.AddTmemCache(o =&gt; o.Governor = new() { ReserveBytes = 1L &lt;&lt; 30 });</code></example>
    public FallowMemoryOptions? Governor { get; set; }

    /// <summary>A host that the cache is a client of, beside others; null, the default, for one of its own. It is not disposed with the cache.</summary>
    /// <example><code>services.AddTmemCache(o =&gt; o.Host = host);</code></example>
    public TmemHost? Host { get; set; }

    /// <summary>
    /// Makes the client that the cache is; null, the default, for none. It is called again, at most once a second, when the client's connection has broken. The cache
    /// disposes of what it makes.
    /// </summary>
    /// <example><code>services.AddTmemCache(o =&gt; o.ClientFactory = () =&gt; TmemConnection.Connect("/run/tmem.sock"));</code></example>
    public Func<ITmemClient>? ClientFactory { get; set; }

    /// <summary>The socket of a daemon of this machine that keeps the values; null, the default, for none. The cache misses while nobody serves there.</summary>
    /// <example><code>services.AddTmemCache(o =&gt; o.SocketPath = "/run/tmem.sock");</code></example>
    public string? SocketPath { get; set; }

    /// <summary>
    /// With <see cref="SocketPath"/>, whether pages go through memory that is shared with the daemon, which is faster and costs the daemon a thread;
    /// off by default.
    /// </summary>
    /// <example><code>services.AddTmemCache(o =&gt; { o.SocketPath = "/run/tmem.sock"; o.SharesMemory = true; });</code></example>
    public bool SharesMemory { get; set; }

    /// <summary>Throws unless the options can be used.</summary>
    /// <exception cref="ArgumentException">One is out of its range, or two do not go together.</exception>
    /// <exception cref="InsufficientMemoryException">The machine cannot hold the capacity.</exception>
    internal void Validate()
    {
        string[] places = [.. new[]
        {
            Host is null ? null : nameof(Host),
            ClientFactory is null ? null : nameof(ClientFactory),
            SocketPath is null ? null : nameof(SocketPath),
        }.OfType<string>()];
        if (places.Length > 1)
        {
            throw new ArgumentException($"{string.Join(" and ", places)} are set; at most one of them may be.");
        }

        if (SocketPath is { Length: 0 })
        {
            throw new ArgumentException($"{nameof(SocketPath)} is \"\"; it may be null or the path of a daemon's socket.");
        }

        if (SharesMemory && SocketPath is null)
        {
            throw new ArgumentException($"{nameof(SharesMemory)} is True; without {nameof(SocketPath)} it may be False only.");
        }

        if (Governor is not null && places.Length > 0)
        {
            throw new ArgumentException($"{nameof(Governor)} is set; with {places[0]} it may be null only, since it is for the cache's own host.");
        }

        HostOptions("cache").Validate();
    }

    /// <summary>What the cache's own host is made of.</summary>
    internal TmemHostOptions HostOptions(string name) => new()
    {
        CapacityBytes = CapacityBytes,
        Compression = Compression,
        CompressByDefault = true,
        Governor = Governor,
        Name = name,
        GhostsPerFrame = GhostsPerFrame,
    };
}
