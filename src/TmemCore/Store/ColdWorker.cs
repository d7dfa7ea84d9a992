using System.Diagnostics;

namespace TmemCore.Store;

/// <summary>
/// The thread of the cold tier. It works a little, then sleeps as long as its share of a processor wants; it does not keep a store
/// that everybody else has forgotten.
/// </summary>
internal sealed class ColdWorker
{
    /// <summary>The longest sleep, after which it looks whether the store is still there.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMinutes(1);

    /// <summary>Shorter sleeps are saved up: the system does not wake anybody so precisely.</summary>
    private static readonly TimeSpan s_shortestSleep = TimeSpan.FromMilliseconds(1);

    private readonly WeakReference<PageStore> _store;
    private readonly double _share;
    private readonly object _gate = new();
    private bool _isStopped;

    public ColdWorker(PageStore store, double share)
    {
        _store = new WeakReference<PageStore>(store);
        _share = share;
        Thread = new Thread(Run) { Name = "TmemCore cold tier", IsBackground = true, Priority = ThreadPriority.Lowest };
    }

    public Thread Thread { get; }

    public void Start() => Thread.Start();

    /// <summary>Has the thread end; it does so within a step.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The rest that some work wants.</summary>
    /// <param name="work">The work's time.</param>
    /// <param name="share">Of one processor, above 0 and up to 1.</param>
    public static TimeSpan RestAfter(TimeSpan work, double share) => work * ((1 - share) / share);

    private void Run()
    {
        TimeSpan owed = TimeSpan.Zero;
        while (TryStep(out TimeSpan worked, out TimeSpan idle))
        {
            owed += RestAfter(worked, _share);
            if (!TrySleep(idle > owed ? idle : owed, out TimeSpan slept))
            {
                return;
            }

            owed = owed > slept ? owed - slept : TimeSpan.Zero;
        }
    }

    /// <summary>One step; false when the store has gone.</summary>
    private bool TryStep(out TimeSpan worked, out TimeSpan idle)
    {
        worked = TimeSpan.Zero;
        idle = TimeSpan.Zero;
        if (!_store.TryGetTarget(out PageStore? store))
        {
            return false;
        }

        long began = Stopwatch.GetTimestamp();
        try
        {
            idle = store.RecompressStep();
        }
        catch (ObjectDisposedException)
        {
            return false;
        }

        worked = Stopwatch.GetElapsedTime(began);
        return true;
    }

    /// <summary>Sleeps; false when it is to end.</summary>
    private bool TrySleep(TimeSpan wanted, out TimeSpan slept)
    {
        long began = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (!_isStopped && wanted >= s_shortestSleep)
            {
                Monitor.Wait(_gate, wanted < s_longestSleep ? wanted : s_longestSleep);
            }

            slept = Stopwatch.GetElapsedTime(began);
            return !_isStopped;
        }
    }
}
