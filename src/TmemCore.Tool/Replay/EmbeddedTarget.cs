using TmemCore.Abi;
using TmemCore.Dispatch;

namespace TmemCore.Tool.Replay;

/// <summary>A host of this process, made as a trace's header asks for.</summary>
internal sealed class EmbeddedTarget : IReplayTarget
{
    /// <summary>Room for metadata where it is free, besides an eighth of the data.</summary>
    private const long MetadataBytes = 64L << 20;

    private const int SetCompress = (int)SetCompressOp.Number;

    private readonly TmemDispatcher _dispatcher;

    /// <summary>What every client's setting stays, whatever control says; null where control decides.</summary>
    private readonly bool? _fixedCompression;

    /// <summary>Makes the host.</summary>
    /// <param name="header">The trace's options.</param>
    /// <param name="shards">Parts with a lock of their own; 0 leaves it to the host.</param>
    /// <param name="reversesWeights">Whether weights act as the original's do.</param>
    public EmbeddedTarget(TraceHeader header, int shards, bool reversesWeights = false)
        : this(
            OptionsFor(header, shards) with { ReversedWeights = reversesWeights },
            new TmemClientOptions { PersistentAllowanceBytes = header.PersistentFrames * TmemPool.PageBytes })
    {
        // With content sharing on, the original ignores the setting: every client keeps the one it began with.
        _fixedCompression = header.Deduplicates ? header.Compresses : null;
    }

    /// <summary>Makes a host of given options.</summary>
    /// <param name="options">The host's options.</param>
    /// <param name="terms">What clients may have.</param>
    public EmbeddedTarget(TmemHostOptions options, TmemClientOptions terms)
    {
        Host = new TmemHost(options);
        _dispatcher = new TmemDispatcher(Host, terms);
    }

    /// <summary>The host.</summary>
    public TmemHost Host { get; }

    /// <summary>What is wrong with the host's structures; empty when all is well.</summary>
    public IReadOnlyList<string> Verify() => Host.Verify();

    /// <inheritdoc/>
    public void AddDomain(int domain) => _dispatcher.AddDomain(domain);

    /// <inheritdoc/>
    public long RemoveDomain(int domain) => _dispatcher.RemoveDomain(domain);

    /// <inheritdoc/>
    public long NewPool(int caller, PoolUuid uuid, uint flags) => _dispatcher.NewPool(caller, uuid, flags);

    /// <inheritdoc/>
    public long DestroyPool(int caller, int pool) => _dispatcher.DestroyPool(caller, pool);

    /// <inheritdoc/>
    public long Put(int caller, int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page)
    {
        var source = new ReadablePage(page);
        return _dispatcher.PutPage(caller, pool, objectId, index, ref source);
    }

    /// <inheritdoc/>
    public long PutUnreadable(int caller, int pool, in ObjectId objectId, uint index)
    {
        var source = default(UnreachablePage);
        return _dispatcher.PutPage(caller, pool, objectId, index, ref source);
    }

    /// <inheritdoc/>
    public long Get(int caller, int pool, in ObjectId objectId, uint index, Span<byte> page)
    {
        var target = new WritablePage(page);
        return _dispatcher.GetPage(caller, pool, objectId, index, ref target);
    }

    /// <inheritdoc/>
    public long GetUnwritable(int caller, int pool, in ObjectId objectId, uint index)
    {
        var target = default(UnreachablePage);
        return _dispatcher.GetPage(caller, pool, objectId, index, ref target);
    }

    /// <inheritdoc/>
    public long FlushPage(int caller, int pool, in ObjectId objectId, uint index) =>
        _dispatcher.FlushPage(caller, pool, objectId, index);

    /// <inheritdoc/>
    public long FlushObject(int caller, int pool, in ObjectId objectId) => _dispatcher.FlushObject(caller, pool, objectId);

    /// <inheritdoc/>
    public long Unknown(int caller, uint command, int pool) => _dispatcher.Unknown(caller, pool);

    /// <inheritdoc/>
    public long Control(int subop, int pool, int client, uint argument1, uint argument2)
    {
        bool isFixed = subop == SetCompress && _fixedCompression is not null;
        return _dispatcher.Control(subop, pool, client, isFixed ? (_fixedCompression == true ? 1u : 0) : argument1);
    }

    /// <inheritdoc/>
    public long GetPoolUuid(int client, int pool, out PoolUuid uuid) => _dispatcher.GetPoolUuid(client, pool, out uuid);

    /// <inheritdoc/>
    public long List(int client, int bufferBytes, bool isLong, out string text) =>
        _dispatcher.List(client, bufferBytes, isLong, out text);

    /// <inheritdoc/>
    public long Authorize(int client, PoolUuid uuid, uint flag) => _dispatcher.Authorize(client, uuid, flag);

    /// <inheritdoc/>
    public long RestoreNewPool(int client, int pool, PoolUuid uuid, uint flags) =>
        _dispatcher.RestoreNewPool(client, pool, uuid, flags);

    /// <inheritdoc/>
    public long RestoreFlushPage(int client, int pool, in ObjectId objectId, uint index) =>
        _dispatcher.RestoreFlushPage(client, pool, objectId, index);

    /// <summary>Gives the host's memory back.</summary>
    public void Dispose() => Host.Dispose();

    /// <summary>The options of a host that a trace's header asks for.</summary>
    internal static TmemHostOptions OptionsFor(TraceHeader header, int shards)
    {
        long dataBytes = header.ArenaFrames * TmemPool.PageBytes;
        bool countsFrames = header.IsMetadataFree && header.Profile == TmemProfile.Xen;
        return new TmemHostOptions
        {
            Profile = header.Profile,
            Shards = shards,
            CapacityBytes = countsFrames ? dataBytes + (dataBytes / 8) + MetadataBytes : dataBytes,
            DataFrameLimit = countsFrames ? header.ArenaFrames : 0,
            RequireSharedAuthorization = header.RequiresAuthorization,
            CompressByDefault = header.Compresses,
        };
    }

    private readonly ref struct ReadablePage(ReadOnlySpan<byte> page) : IPageSource
    {
        private readonly ReadOnlySpan<byte> _page = page;

        public bool TryRead(Span<byte> page)
        {
            _page.CopyTo(page);
            return true;
        }
    }

    private readonly ref struct WritablePage(Span<byte> page) : IPageTarget
    {
        private readonly Span<byte> _page = page;

        public bool TryWrite(ReadOnlySpan<byte> page)
        {
            page.CopyTo(_page);
            return true;
        }
    }

    /// <summary>A guest's frame that is not there.</summary>
    private readonly struct UnreachablePage : IPageSource, IPageTarget
    {
        public bool TryRead(Span<byte> page) => false;

        public bool TryWrite(ReadOnlySpan<byte> page) => false;
    }
}
