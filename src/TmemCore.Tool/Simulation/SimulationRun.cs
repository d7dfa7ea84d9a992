using System.Diagnostics;

namespace TmemCore.Tool.Simulation;

/// <summary>
/// Plays a trace on pools of every policy and size at once. A page that a pool does not have is read from disk and put: at once,
/// or, with a guest's cache in front, when it falls out of that.
/// </summary>
internal sealed class SimulationRun : IDisposable
{
    private const int RequestsPerCheck = 4096;

    private readonly SimulationOptions _options;
    private readonly Foresight _foresight = new();
    private readonly ISimulatedPool[] _pools;
    private readonly long[] _misses;
    private readonly GuestCache? _guest;
    private NextGets? _nextGets;
    private long _requests;
    private long _gets;

    /// <summary>Makes the pools.</summary>
    /// <param name="options">What is simulated.</param>
    /// <exception cref="InsufficientMemoryException">The machine does not have the memory for the engine.</exception>
    public SimulationRun(SimulationOptions options)
    {
        _options = options;
        _guest = options.GuestCachePages == 0 ? null : new GuestCache(options.GuestCachePages);
        var pools = new List<ISimulatedPool>();
        foreach (int pages in options.Sizes)
        {
            pools.AddRange(options.Policies.Select(policy => new PolicyPool(policy, pages, IsTaking(policy), _foresight)));
            if (options.UsesEngine)
            {
                pools.AddRange(EnginePool.PoliciesFor(options.IsExclusive).Select(
                    policy => new EnginePool(pages, policy, options.IsExclusive, options.Tamper)));
            }
        }

        _pools = [.. pools];
        _misses = new long[_pools.Length];
    }

    /// <summary>Plays the whole trace.</summary>
    /// <param name="cancellation">Stops early; the report tells what was seen until then.</param>
    /// <exception cref="InvalidDataException">The trace is not understood, or has no request.</exception>
    /// <exception cref="IOException">The trace cannot be read.</exception>
    public SimulationReport Run(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using var trace = BlockTrace.Open(_options.TracePath, _options.Format);
        if (_options.Policies.Any(static policy => policy.SeesAhead) && (_guest is not null || !trace.TellsNextAccess))
        {
            using var first = BlockTrace.Open(_options.TracePath, trace.Format);
            _nextGets = NextGets.Find(first, _options.GuestCachePages, cancellation);
        }

        bool isInterrupted = false;
        while (!isInterrupted && trace.TryRead(out BlockAccess access))
        {
            Request(access);
            isInterrupted = ++_requests % RequestsPerCheck == 0 && cancellation.IsCancellationRequested;
        }

        return _requests != 0 || cancellation.IsCancellationRequested
            ? Report(trace.Format, Stopwatch.GetElapsedTime(start).TotalSeconds, isInterrupted || cancellation.IsCancellationRequested)
            : throw new InvalidDataException($"{_options.TracePath} holds no request.");
    }

    /// <summary>Gives all memory back.</summary>
    public void Dispose()
    {
        foreach (ISimulatedPool pool in _pools)
        {
            pool.Dispose();
        }
    }

    /// <summary>
    /// Behind a guest's cache a page that was got is of no more use until it is put again: the optimum is to take it out, and
    /// no pool that retains pages does better.
    /// </summary>
    private bool IsTaking(SimulatedPolicy policy) => _options.IsExclusive || (policy.SeesAhead && _guest is not null);

    private void Request(in BlockAccess access)
    {
        if (_guest is not null && _guest.TryUse(access.Block))
        {
            return;
        }

        long nextGet = _nextGets?.Of(_gets) ?? access.NextAccess;
        _gets++;
        _foresight.NextGet = nextGet;
        for (int i = 0; i < _pools.Length; i++)
        {
            bool isHit = _pools[i].TryGet(access.Block);
            _misses[i] += isHit ? 0 : 1;
            if (_guest is null && (!isHit || _options.IsExclusive))
            {
                _pools[i].Put(access.Block);
            }
        }

        if (_guest is not null && _guest.Enter(access.Block, nextGet, out ulong evicted, out long evictedNextGet))
        {
            _foresight.NextGet = evictedNextGet;
            foreach (ISimulatedPool pool in _pools)
            {
                pool.Put(evicted);
            }
        }
    }

    private SimulationReport Report(BlockTraceFormat format, double seconds, bool isInterrupted) => new()
    {
        Format = format,
        Requests = _requests,
        GuestHits = _requests - _gets,
        Seconds = seconds,
        IsInterrupted = isInterrupted,
        Pools = [.. _pools.Select((pool, i) => new PoolReport
        {
            Policy = pool.Policy,
            Pages = pool.Pages,
            PagesMax = pool.PagesMax,
            Gets = _gets,
            Misses = _misses[i],
            BytesPerPage = pool.BytesPerPage,
            PagesWrong = (pool as EnginePool)?.PagesWrong ?? 0,
            Problems = (pool as EnginePool)?.Verify() ?? [],
        })],
    };
}
