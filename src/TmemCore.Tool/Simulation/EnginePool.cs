using System.Runtime.InteropServices;
using TmemCore.Statistics;
using TmemCore.Tool.Guest;

namespace TmemCore.Tool.Simulation;

/// <summary>
/// A pool of a host of this process that is asked the same as the policies, with pages made of their numbers and compared when
/// they come back. Whenever the pool is seen to hold more pages than wanted, the host's limit is lowered by as many.
/// </summary>
internal sealed class EnginePool : ISimulatedPool
{
    /// <summary>Pages of one object; blocks that are neighbours are of the same one.</summary>
    private const int PagesPerObject = 1024;

    /// <summary>Room for the first tables, and for those of pages that each are an object of their own.</summary>
    private const long SpareBytes = 16L << 20;

    /// <summary>How often pages are counted while the pool fills: each time all shards are visited.</summary>
    private const int ChecksPerFill = 256;
    private const int MostBytesPerPage = TmemPool.PageBytes + 512;

    /// <summary>What the names of the engine's policies begin with.</summary>
    public const string NamePrefix = "engine-";

    private readonly TmemHost _host;
    private readonly RetainingPool? _retaining;
    private readonly EphemeralPool? _exclusive;
    private readonly byte[] _page = new byte[TmemPool.PageBytes];
    private readonly byte[] _expected = new byte[TmemPool.PageBytes];
    private readonly PageTamper? _tamper;
    private readonly long _putsPerCheck;
    private long _puts;

    /// <summary>Makes a host with one pool.</summary>
    /// <param name="pages">Pages that it is to hold.</param>
    /// <param name="policy">Which page goes when the pool is full.</param>
    /// <param name="isExclusive">Whether a get takes the page out.</param>
    /// <param name="tamper">Spoils pages on their way back, to see whether it is noticed; null otherwise.</param>
    /// <exception cref="InsufficientMemoryException">The machine does not have the memory.</exception>
    public EnginePool(int pages, EvictionPolicy policy, bool isExclusive, PageTamper? tamper = null)
    {
        Policy = policy switch
        {
            EvictionPolicy.LeastRecentlyUsed => NamePrefix + "lru",
            EvictionPolicy.S3Fifo => NamePrefix + "s3fifo",
            _ => NamePrefix + "s3fifo-gets",
        };
        _tamper = tamper;
        Pages = pages;
        _putsPerCheck = Math.Max(pages / ChecksPerFill, 1);
        _host = new TmemHost(new TmemHostOptions { CapacityBytes = ((long)pages * MostBytesPerPage) + SpareBytes, Eviction = policy });
        TmemClient client = _host.CreateClient();
        _retaining = isExclusive ? null : client.CreateRetainingPool();
        _exclusive = isExclusive ? client.CreateEphemeralPool() : null;
    }

    /// <inheritdoc/>
    public string Policy { get; }

    /// <inheritdoc/>
    public int Pages { get; }

    /// <inheritdoc/>
    public long PagesMax { get; private set; }

    /// <summary>The policies that differ for a pool.</summary>
    public static IReadOnlyList<EvictionPolicy> PoliciesFor(bool isExclusive) => isExclusive
        ? [EvictionPolicy.LeastRecentlyUsed, EvictionPolicy.S3FifoWithHistory]
        : [EvictionPolicy.LeastRecentlyUsed, EvictionPolicy.S3Fifo];

    /// <summary>Pages that came back with another content than they were put with.</summary>
    public long PagesWrong { get; private set; }

    /// <inheritdoc/>
    public double BytesPerPage
    {
        get
        {
            HostStatistics statistics = _host.GetStatistics();
            return statistics.Pages == 0 ? 0 : (double)statistics.MetadataBytes / statistics.Pages;
        }
    }

    /// <inheritdoc/>
    public bool TryGet(ulong block)
    {
        (ObjectId id, uint index) = HandleOf(block);
        GetResult result = _exclusive?.Take(id, index, _page) ?? _retaining!.Get(id, index, _page);
        if (result != GetResult.Hit)
        {
            return false;
        }

        _tamper?.Invoke(_page);
        Fill(_expected, block);
        PagesWrong += _page.AsSpan().SequenceEqual(_expected) ? 0 : 1;
        return true;
    }

    /// <inheritdoc/>
    public void Put(ulong block)
    {
        (ObjectId id, uint index) = HandleOf(block);
        Fill(_page, block);
        DroppablePool pool = _exclusive is null ? _retaining! : _exclusive;
        _ = pool.TryPut(id, index, _page);
        if (++_puts % _putsPerCheck == 0)
        {
            Check(pool);
        }
    }

    /// <summary>What is wrong with the store; empty when all is well.</summary>
    public IReadOnlyList<string> Verify() => _host.Verify();

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();

    private static (ObjectId Id, uint Index) HandleOf(ulong block) => (block / PagesPerObject, (uint)(block % PagesPerObject));

    /// <summary>A page whose every word depends on its block.</summary>
    private static void Fill(Span<byte> page, ulong block)
    {
        ulong word = (block + 1) * 0x9E3779B97F4A7C15;
        foreach (ref ulong place in MemoryMarshal.Cast<byte, ulong>(page))
        {
            place = word;
            word += 0xD1B54A32D192ED03;
        }
    }

    private void Check(DroppablePool pool)
    {
        long held = pool.PageCount;
        if (held > Pages && _host.CapacityBytes > TmemHostOptions.MinimumCapacityBytes)
        {
            long excessBytes = (held - Pages) * TmemPool.PageBytes;
            _host.SetCapacity(Math.Max(_host.CommittedBytes - excessBytes, TmemHostOptions.MinimumCapacityBytes));
            held = pool.PageCount;
        }

        PagesMax = Math.Max(PagesMax, held);
    }
}
