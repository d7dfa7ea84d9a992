using System.Diagnostics;
using System.IO.Hashing;
using TmemCore.Codecs;

namespace TmemCore.Tool.Density;

/// <summary>Keeps pages under one codec, looks what they take, replaces half of them twice, looks again, and compares every page.</summary>
internal sealed class DensityRun : IDisposable
{
    private readonly PageFeed _feed;
    private readonly PageCodec _codec;
    private readonly int _stride;
    private readonly double _indexBytesPerPage;
    private readonly CodecTimes _times;
    private readonly Random _random;
    private readonly PackedArena _arena;
    private readonly List<Kept> _kept = [];
    private readonly byte[] _page = new byte[TmemPool.PageBytes];
    private long _putTicks;
    private long _getTicks;
    private int _puts;
    private int _gets;
    private int _wrong;

    private readonly record struct Kept(PackedArena.Entry Entry, ulong Hash);

    /// <param name="feed">Where pages come from.</param>
    /// <param name="codec">What makes them smaller.</param>
    /// <param name="stride">Takes one page in so many.</param>
    /// <param name="seed">Chooses what is replaced.</param>
    /// <param name="indexBytesPerPage">What a host knows of a page beside its data.</param>
    public DensityRun(PageFeed feed, PageCodec codec, int stride, int seed, double indexBytesPerPage)
    {
        _indexBytesPerPage = indexBytesPerPage;
        _times = new CodecTimes(codec);
        _feed = feed;
        _codec = codec;
        _stride = stride;
        _random = new Random(seed);
        _arena = new PackedArena(codec, (feed.Pages / stride) + 1);
    }

    /// <summary>Runs.</summary>
    /// <returns>What was measured, or null when not one page could be read.</returns>
    public DensityRow? Run(CancellationToken cancellation)
    {
        Fill(cancellation);
        if (_kept.Count == 0)
        {
            return null;
        }

        double fresh = (double)_arena.ArenaBytes / _kept.Count;
        double metadata = ((double)_arena.RecordBytes / _kept.Count) + _indexBytesPerPage;
        double payload = _kept.Average(kept => (double)_arena.BytesOf(kept.Entry));
        int sameFilled = _kept.Count(kept => _arena.BytesOf(kept.Entry) == 0);
        int whole = _arena.WholePages;
        for (int round = 0; round < 2; round++)
        {
            Churn(cancellation);
        }

        _arena.Compact();
        double churnedPayload = _kept.Average(kept => (double)_arena.BytesOf(kept.Entry));

        // The copies may compress better or worse than what they replaced: that is not the layout's doing.
        double churned = ((double)_arena.ArenaBytes / _kept.Count) + payload - churnedPayload;
        foreach (Kept kept in _kept)
        {
            cancellation.ThrowIfCancellationRequested();
            Read(kept);
        }

        return new DensityRow
        {
            Codec = _codec.Name,
            Pages = _kept.Count,
            SameFilledPages = sameFilled,
            WholePages = whole,
            PayloadBytesPerPage = payload,
            ArenaBytesPerPage = fresh,
            ArenaBytesPerPageChurned = churned,
            MetadataBytesPerPage = metadata,
            BytesPerPage = fresh + metadata,
            BytesPerPageChurned = churned + metadata,
            PagesPerGiB = (1L << 30) / (fresh + metadata),
            Ratio = TmemPool.PageBytes / (fresh + metadata),
            CopyNs = _times.CopyNs,
            CompressNs = _times.CompressNs,
            CompressToCopy = _times.CompressToCopy,
            PutNs = NsOf(_putTicks, _puts),
            GetNs = NsOf(_getTicks, _gets),
            PagesWrong = _wrong,
        };
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _times.Dispose();
        _arena.Dispose();
    }

    private static double NsOf(long ticks, int count) => ticks * 1e9 / Stopwatch.Frequency / Math.Max(count, 1);

    private void Fill(CancellationToken cancellation)
    {
        for (int number = 0; number < _feed.Pages; number += _stride)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_feed.TryRead(number, _page))
            {
                _times.Add(_page);
                _kept.Add(Put());
            }
        }
    }

    /// <summary>Gives up half of the pages, and keeps copies of the others in their place.</summary>
    private void Churn(CancellationToken cancellation)
    {
        Kept[] order = [.. _kept];
        _random.Shuffle(order);
        int half = order.Length / 2;
        for (int i = 0; i < half; i++)
        {
            _arena.Remove(order[i].Entry);
        }

        for (int i = 0; i < half; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Read(order[half + _random.Next(order.Length - half)]);
            order[i] = Put();
        }

        _kept.Clear();
        _kept.AddRange(order);
    }

    private Kept Put()
    {
        ulong hash = XxHash3.HashToUInt64(_page);
        long begin = Stopwatch.GetTimestamp();
        PackedArena.Entry entry = _arena.Add(_page);
        _putTicks += Stopwatch.GetTimestamp() - begin;
        _puts++;
        return new Kept(entry, hash);
    }

    private void Read(Kept kept)
    {
        long begin = Stopwatch.GetTimestamp();
        _arena.Read(kept.Entry, _page);
        _getTicks += Stopwatch.GetTimestamp() - begin;
        _gets++;
        _wrong += XxHash3.HashToUInt64(_page) == kept.Hash ? 0 : 1;
    }
}
