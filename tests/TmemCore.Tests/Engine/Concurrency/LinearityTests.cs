using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Engine.Concurrency;

/// <summary>
/// Several threads put, get and flush a few handles, while another destroys pools, ends clients, freezes, and moves the limit.
/// Afterwards each handle's calls must have an order that explains them.
/// </summary>
public sealed class LinearityTests
{
    private const int Callers = 3;
    private const int CallsPerRound = 150;
    private const int Rounds = 60;

    private long _clock;

    [Theory]
    [InlineData(1, PageCompression.None)]
    [InlineData(8, PageCompression.None)]
    [InlineData(1, PageCompression.Lz4)]
    [InlineData(8, PageCompression.Zstandard)]
    public void Every_call_fits_into_some_order(int shards, PageCompression compression)
    {
        for (int seed = 0; seed < Hosts.Stress; seed++)
        {
            using TmemHost host = CreateFullHost(shards, compression);
            Caller[] callers = Run(host, seed);

            Assert.Empty(host.Verify());
            Assert.Empty(callers.SelectMany(caller => caller.Torn));
            Assert.Null(FirstProblem(callers));
            Assert.True(callers.Sum(caller => caller.Calls.Count(call => call.Call.Answer == CallAnswer.Hit)) > 1000, "Hardly a page was found.");
        }
    }

    [Fact]
    public void A_history_with_one_wrong_answer_is_found_out()
    {
        using TmemHost host = CreateFullHost(shards: 1, PageCompression.None);
        Caller[] callers = Run(host, seed: 1);
        Assert.Null(FirstProblem(callers));

        // Some hit late in the run is said to have found what was put first of all under its handle.
        List<(StagedPool Pool, int Handle, CallRecord Call)> calls = callers[0].Calls;
        int last = calls.FindLastIndex(call => call.Call.Answer == CallAnswer.Hit && call.Pool.Kind == PoolKind.Persistent);
        (StagedPool pool, int handle, CallRecord hit) = calls[last];
        CallRecord first = callers
            .SelectMany(caller => caller.Calls)
            .Where(call => call.Pool == pool && call.Handle == handle && call.Call.Answer == CallAnswer.Stored)
            .Select(call => call.Call)
            .MinBy(call => call.Invoked);
        Assert.NotEqual(first.Version, hit.Version);
        calls[last] = (pool, handle, hit with { Version = first.Version });

        Assert.NotNull(FirstProblem(callers));
    }

    /// <summary>So little is free that ephemeral pages come and go.</summary>
    private static TmemHost CreateFullHost(int shards, PageCompression compression)
    {
        var host = new TmemHost(new TmemHostOptions
        {
            CapacityBytes = 2 * Hosts.Mebibyte,
            Shards = shards,
            HashSeed = 3,
            RequireSharedAuthorization = false,
            Compression = compression,
            CompressByDefault = true,
        });
        PersistentPool ballast = host.CreateClient(new TmemClientOptions { Name = "ballast" }).CreatePersistentPool();
        uint pages = 0;
        while (ballast.Put(0, pages, Pages.Of(pages)) == PutResult.Stored)
        {
            pages++;
        }

        // The threads' pools and clients need records, too.
        for (uint i = 0; i < 60; i++)
        {
            ballast.FlushPage(0, pages - 1 - i);
        }

        return host;
    }

    private Caller[] Run(TmemHost host, int seed)
    {
        Caller[] callers = [.. Enumerable.Range(0, Callers).Select(thread => new Caller(thread, (seed * 31) + thread, Tick))];
        var stage = new Stage(host, seed, Tick);
        for (int round = 0; round < Rounds; round++)
        {
            StagedPool[] pools = stage.Prepare();
            var start = new Barrier(Callers + 1);
            Thread[] threads = [.. callers.Select(caller => new Thread(() =>
            {
                start.SignalAndWait();
                for (int i = 0; i < CallsPerRound; i++)
                {
                    caller.CallOnce(pools[i % pools.Length]);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            start.SignalAndWait();
            stage.Disturb();
            Array.ForEach(threads, thread => thread.Join());
            start.Dispose();
        }

        return callers;
    }

    private long Tick() => Interlocked.Increment(ref _clock);

    private static string? FirstProblem(Caller[] callers)
    {
        var byHandle = callers
            .SelectMany(caller => caller.Calls)
            .GroupBy(call => (call.Pool, call.Handle), call => call.Call);
        foreach (IGrouping<(StagedPool Pool, int Handle), CallRecord> calls in byHandle)
        {
            StagedPool pool = calls.Key.Pool;
            CallRecord? problem = calls.FirstOrDefault(call => IsOutOfLife(pool, call)) is { Thread: >= 0, Invoked: > 0 } strange
                ? strange
                : new LinearityChecker(pool.Rules).FirstUnexplained(calls.Where(call => call.Answer != CallAnswer.Unavailable));
            if (problem is CallRecord call)
            {
                string all = string.Join(Environment.NewLine, calls.Where(other => other.Invoked < call.Returned).OrderBy(other => other.Invoked).TakeLast(20));
                return $"Pool {pool.Number} ({pool.Kind}), handle {calls.Key.Handle}: nothing explains {call} in{Environment.NewLine}{all}";
            }
        }

        return null;
    }

    /// <summary>A pool answers while it lives, and only then.</summary>
    private static bool IsOutOfLife(StagedPool pool, CallRecord call) => call.Answer == CallAnswer.Unavailable
        ? call.Returned < pool.EndInvoked
        : call.Invoked > pool.EndReturned;
}
