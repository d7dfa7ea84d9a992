using System.Diagnostics;
using TmemCore.Statistics;

namespace TmemCore.Tool.Guest;

/// <summary>Plays a guest over files, from the first page to the report.</summary>
internal sealed class GuestRun : IDisposable
{
    private const int HistoryPoints = 60;
    private const int SmallestCachePages = 16;

    /// <summary>One page in so many is anonymous memory at least this far apart, and all of it is a quarter of tmem at most.</summary>
    private const int AnonymousStride = 8;
    private const int AnonymousShareOfMemory = 4;

    private readonly FileSet _files;
    private readonly Workload _workload;
    private readonly TmemHost _host;
    private readonly AnonymousMemory _anonymous;
    private readonly DiskReader _disk;
    private readonly PageLedger _ledger;
    private readonly GuestMeters _meters = new();
    private readonly OsGuest _guest;
    private readonly HitRatioHistory _history = new(HistoryPoints);
    private readonly int _cachePages;
    private long _visits;
    private long _historyHits;
    private long _historyAll;
    private double _bytesPerPage;
    private long _mostPages;

    /// <summary>Makes the host and the guest.</summary>
    /// <param name="files">What to read; at least one page.</param>
    /// <param name="options">Sizes, passes and seed.</param>
    /// <param name="onSkipped">Told each file that can no longer be read, and why.</param>
    /// <exception cref="InsufficientMemoryException">The machine does not have the memory.</exception>
    public GuestRun(FileSet files, GuestOptions options, Action<string, string> onSkipped)
    {
        _files = files;
        _workload = new Workload(files, options.Passes, options.Seed);
        _ledger = new PageLedger(files.Pages, options.Tamper);
        _host = new TmemHost(new TmemHostOptions { CapacityBytes = options.MemoryBytes, HashSeed = (uint)options.Seed });
        TmemClient client = _host.CreateClient(new TmemClientOptions
        {
            Name = "guest",
            PersistentAllowanceBytes = options.PersistentAllowanceBytes ?? options.MemoryBytes / 2,
        });
        long anonymousPages = Math.Max(options.MemoryBytes / TmemPool.PageBytes / AnonymousShareOfMemory, 1);
        int stride = Math.Max(AnonymousStride, (int)(((files.Pages - 1) / anonymousPages) + 1));
        _cachePages = CachePages(options);
        _disk = new DiskReader(onSkipped);
        _anonymous = new AnonymousMemory(files.Pages, stride, client.CreatePersistentPool(), _ledger, _meters);
        var clean = new CleanPages(client.CreateEphemeralPool(), _ledger, _meters);
        _guest = new OsGuest(files, new PageCache(_cachePages, files.Pages), clean, _anonymous, _disk, _meters);
    }

    /// <summary>Runs all passes.</summary>
    /// <param name="onProgress">Told now and then how far the run is.</param>
    /// <param name="cancellation">Stops the run early; the report tells what was seen until then.</param>
    public GuestReport Run(Action<GuestProgress> onProgress, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        long firstReads = 0;
        for (int pass = 0; pass <= _workload.Passes && !cancellation.IsCancellationRequested; pass++)
        {
            foreach (PageRun run in _workload.Runs(pass))
            {
                if (cancellation.IsCancellationRequested)
                {
                    break;
                }

                Visit(run);
                onProgress(new GuestProgress(pass, Progress, _meters.HitRatio));
            }

            if (pass == 0)
            {
                firstReads = _meters.DiskReads;
                Sample();
                _meters.Clear();
                (_historyHits, _historyAll) = (0, 0);
            }
        }

        Sample();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return Report(firstReads, seconds, cancellation.IsCancellationRequested);
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        _anonymous.Dispose();
        _disk.Dispose();
        _host.Dispose();
    }

    private double Progress => Math.Min(1, (double)_visits / _workload.Visits);

    private int CachePages(GuestOptions options)
    {
        long bytes = options.GuestCacheBytes
            ?? Math.Min((long)_files.Pages * TmemPool.PageBytes / 8, options.MemoryBytes);
        return (int)Math.Clamp(bytes / TmemPool.PageBytes, SmallestCachePages, Math.Max(_files.Pages, SmallestCachePages));
    }

    private void Visit(PageRun run)
    {
        for (int i = 0; i < run.Count && !run.File.IsLost; i++)
        {
            _guest.Visit(run.File, run.First + i);
        }

        long before = _visits;
        _visits += run.Count;
        long hits = _meters.DiskReadsAvoided;
        long all = hits + _meters.DiskReads;
        _history.Add(Progress, hits - _historyHits, all - _historyAll);
        (_historyHits, _historyAll) = (hits, all);
        if (_visits * HistoryPoints / _workload.Visits != before * HistoryPoints / _workload.Visits)
        {
            Sample();
        }
    }

    /// <summary>Notes the price of a page when most are kept: later on memory is free that is held nevertheless.</summary>
    private void Sample()
    {
        HostStatistics statistics = _host.GetStatistics();
        if (statistics.Pages > _mostPages)
        {
            _mostPages = statistics.Pages;
            _bytesPerPage = (double)statistics.CommittedBytes / statistics.Pages;
        }
    }

    private GuestReport Report(long firstReads, double seconds, bool isInterrupted) => new()
    {
        Files = _files.Files.Count,
        Pages = _files.Pages,
        GuestCacheBytes = (long)_cachePages * TmemPool.PageBytes,
        Visits = _visits,
        PagesVerified = _ledger.Verified,
        PagesWrong = _ledger.Wrong,
        FirstReads = firstReads,
        DiskReads = _meters.DiskReads,
        CleanPagesBack = _meters.CleanPagesBack,
        AnonymousPagesBack = _meters.AnonymousPagesBack,
        HitRatio = _meters.HitRatio,
        BytesPerPage = _bytesPerPage,
        PutNsP50 = _meters.Puts.Nanoseconds(0.5),
        PutNsP99 = _meters.Puts.Nanoseconds(0.99),
        GetNsP50 = _meters.Gets.Nanoseconds(0.5),
        GetNsP99 = _meters.Gets.Nanoseconds(0.99),
        Seconds = seconds,
        History = _history.Ratios(),
        Passes = _workload.Passes,
        IsInterrupted = isInterrupted,
        Problems = _host.Verify(),
    };
}

/// <summary>How far a run is.</summary>
/// <param name="Pass">0 for the first pass.</param>
/// <param name="Share">From 0 to 1.</param>
/// <param name="HitRatio">The hit ratio so far, in the passes after the first.</param>
internal readonly record struct GuestProgress(int Pass, double Share, double HitRatio);
