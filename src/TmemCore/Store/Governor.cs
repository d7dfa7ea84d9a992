using TmemCore.Memory;
using TmemCore.Reclaim;
using TmemCore.Statistics;

namespace TmemCore.Store;

/// <summary>
/// What follows the machine for a store: it reads, has the policy decide, moves the limit and gives memory back, again and again on a thread of its
/// own. It does not keep a store that everybody else has forgotten.
/// </summary>
internal sealed class Governor
{
    private readonly WeakReference<PageStore> _store;
    private readonly IMachineReader _machine;
    private readonly FallowMemoryPolicy _policy;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private readonly object _gate = new();
    private FallowMemoryDecision? _last;
    private long _lastReading;
    private long _readings;
    private long _growths;
    private long _shrinks;
    private bool _isStopped;

    /// <summary>Makes a governor.</summary>
    /// <param name="store">Whose limit it moves.</param>
    /// <param name="options">How.</param>
    /// <param name="machine">What it reads.</param>
    /// <param name="clock">Null for the system's; whoever gives one does the steps, too, and there is no thread.</param>
    public Governor(PageStore store, FallowMemoryOptions options, IMachineReader machine, TimeProvider? clock)
    {
        _store = new WeakReference<PageStore>(store);
        _machine = machine;
        _policy = new FallowMemoryPolicy(options);
        _clock = clock ?? TimeProvider.System;
        _interval = options.Interval;
        Thread = clock is null ? new Thread(Run) { Name = "TmemCore governor", IsBackground = true } : null;
    }

    /// <summary>The thread; null where somebody else does the steps.</summary>
    public Thread? Thread { get; }

    /// <summary>Takes the first step, so that nothing is taken before the machine was looked at, and begins.</summary>
    public void Start(PageStore store)
    {
        Step(store);
        Thread?.Start();
    }

    /// <summary>Has the thread end; it does so within a step.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Looks at the machine once, and does what is to be done. No lock is held on entry; one thread at a time.</summary>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public void Step(PageStore store)
    {
        long now = _clock.GetTimestamp();
        TimeSpan elapsed = _readings == 0 ? TimeSpan.Zero : _clock.GetElapsedTime(_lastReading, now);
        _lastReading = now;
        MachineReading reading = _machine.Read();
        HeldMemory held = store.MeasureHeld();
        FallowMemoryDecision decision = _policy.Next(reading, held, elapsed);
        store.SetTarget(decision.TargetBytes);
        Volatile.Write(ref _last, decision);
        Interlocked.Increment(ref _readings);
        if (decision.TargetBytes > held.TargetBytes)
        {
            Interlocked.Increment(ref _growths);
        }

        if (decision.TargetBytes < store.Budget.CommittedBytes)
        {
            Interlocked.Increment(ref _shrinks);
            while (store.ShrinkStep())
            {
                // Whoever waits for the control lock gets it.
                Thread.Yield();
            }
        }
    }

    /// <summary>Adds what is known of the machine.</summary>
    public MemoryStatistics Describe(MemoryStatistics statistics)
    {
        FallowMemoryDecision? last = Volatile.Read(ref _last);
        return statistics with
        {
            Reason = last?.Reason ?? TargetReason.NoReading,
            Source = last?.Scope?.Name ?? "",
            AvailableBytes = last?.Scope?.AvailableBytes ?? 0,
            ReserveBytes = last?.ReserveBytes ?? 0,
            SomeStall = last?.SomeStall ?? 0,
            FullStall = last?.FullStall ?? 0,
            Readings = Interlocked.Read(ref _readings),
            Growths = Interlocked.Read(ref _growths),
            Shrinks = Interlocked.Read(ref _shrinks),
        };
    }

    private void Run()
    {
        while (TrySleep() && TryStep())
        {
        }
    }

    private bool TrySleep()
    {
        lock (_gate)
        {
            if (!_isStopped)
            {
                Monitor.Wait(_gate, _interval);
            }

            return !_isStopped;
        }
    }

    /// <summary>One step; false when the store has gone.</summary>
    private bool TryStep()
    {
        if (!_store.TryGetTarget(out PageStore? store))
        {
            return false;
        }

        try
        {
            Step(store);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
