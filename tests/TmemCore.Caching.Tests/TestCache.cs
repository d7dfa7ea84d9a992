using Microsoft.Extensions.Caching.Distributed;
using TmemCore.Client;
using TmemCore.Server;
using Xunit;

namespace TmemCore.Caching.Tests;

/// <summary>A cache at a place of its own, and a way to its pool, for one test.</summary>
internal sealed class TestCache : IAsyncDisposable
{
    public static readonly DistributedCacheEntryOptions Forever = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("tmem-tests-").FullName;
    private readonly TmemServer? _server;

    public TestCache(
        Place place = Place.Own,
        TimeProvider? time = null,
        IKeyHash? hash = null,
        long capacityBytes = 192L << 20,
        PageCompression compression = PageCompression.Lz4,
        Func<IRetainingPool, IRetainingPool>? wrap = null,
        HeadLayout? heads = null)
    {
        Host = new TmemHost(new() { CapacityBytes = capacityBytes, CompressByDefault = true, Compression = compression, HashSeed = 1 });
        string socket = Path.Combine(_folder, "tmem.sock");
        if (place != Place.Own)
        {
            _server = new TmemServer(Host, new() { SocketPath = socket, Log = static _ => { } });
            _server.Start();
        }

        ITmemClient Connect()
        {
            ITmemClient client = place switch
            {
                Place.Own => Host.CreateClient(),
                Place.Socket => TmemConnection.Connect(socket),
                _ => TmemConnection.ConnectSharingMemory(socket),
            };
            return wrap is null ? client : new WrappedClient(client, wrap);
        }

        Cache = new TmemCache(new() { ClientFactory = Connect }, hash ?? new KeyHash(), time, null, null, "test", heads is null ? null : _ => heads);
    }

    public TmemHost Host { get; }

    public TmemCache Cache { get; }

    public IRetainingPool Pool => Cache.Store!.Pool;

    /// <summary>Where the head of a key with the id of <see cref="FixedHash"/> goes.</summary>
    public HeadPlace Head => Cache.Store!.Heads.PlaceOf(FixedHash.Id, 0);

    /// <summary>Pages, entries and heads that the host holds.</summary>
    public long Pages => Host.GetStatistics().Pages;

    public async ValueTask DisposeAsync()
    {
        Cache.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Assert.Empty(Host.Verify());
        Host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
