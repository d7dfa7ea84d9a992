using TmemCore.Memory;
using TmemCore.Statistics;

namespace TmemCore.Tests.Engine.Model;

internal sealed partial class ModelWorld
{
    private long EvictionsSoFar => _host.GetStatistics().Evictions;

    /// <summary>
    /// Under the original's rules the same pages are gone on both sides. Otherwise bytes decide how many go: as many as were
    /// counted, and the model follows.
    /// </summary>
    private void CompareEvictions()
    {
        if (!_isExact && _model.Evictions != EvictionsSoFar)
        {
            FollowEvictions(except: null);
        }

        Require("evictions", _model.Evictions, EvictionsSoFar);
    }

    private void FollowEvictions(ModelPage? except)
    {
        foreach (ModelPage page in _model.EphemeralPages.Where(page => page != except && !IsPresent(page)).ToList())
        {
            _model.Evict(page);
        }
    }

    private bool IsPresent(ModelPage page)
    {
        (ModelClient client, int slot) = page.Pool.Sharers[0];
        TmemPool pool = _pools[Array.IndexOf(_modelClients, client), slot]!;
        return Store.FrameOf(pool.Handle, page.ObjectId, page.Index) != FrameAllocator.None;
    }

    /// <summary>Every page that the model has is there with the right content, and no other is.</summary>
    private void ComparePages()
    {
        foreach ((TmemPool pool, ModelPool model) in LivingPools())
        {
            Require("pages of a pool", model.Pages.Count, pool.PageCount);
            foreach (ModelPage page in model.Pages.Values)
            {
                uint frame = Store.FrameOf(pool.Handle, page.ObjectId, page.Index);
                Require("a page is there", true, frame != FrameAllocator.None);
                FillExpected(page.Seed);
                Store.Peek(frame, _buffer);
                Require("content", true, _buffer.AsSpan().SequenceEqual(_expected));
            }
        }
    }

    private void CompareStatistics()
    {
        HostStatistics host = _host.GetStatistics();
        Require("pages", _model.Pages, host.Pages);
        Require("ephemeral pages", _model.EphemeralPages.Count(), host.EphemeralPages);
        foreach ((TmemPool pool, ModelPool model) in LivingPools())
        {
            PoolStatistics statistics = pool.GetStatistics()!;
            Require("pages", model.Pages.Count, statistics.Pages);
            Require("objects", model.Pages.Keys.Select(key => key.Item1).Distinct().Count(), statistics.Objects);
            Require("puts", model.Puts, statistics.Puts);
            Require("puts stored", model.PutsStored, statistics.PutsStored);
            Require("puts replaced", model.PutsReplaced, statistics.PutsReplaced);
            Require("puts dropped", model.PutsDropped, statistics.PutsDropped);
            Require("puts refused", model.PutsRefused, statistics.PutsRefused);
            Require("gets", model.Gets, statistics.Gets);
            Require("get hits", model.GetHits, statistics.GetHits);
            Require("page flushes", model.PageFlushes, statistics.PageFlushes);
            Require("page flushes found", model.PageFlushesFound, statistics.PageFlushesFound);
            Require("object flushes", model.ObjectFlushes, statistics.ObjectFlushes);
            Require("object flushes found", model.ObjectFlushesFound, statistics.ObjectFlushesFound);
        }
    }

    private IEnumerable<(TmemPool Pool, ModelPool Model)> LivingPools()
    {
        for (int client = 0; client < ModelOp.Clients; client++)
        {
            for (int slot = 0; slot < ModelOp.Slots; slot++)
            {
                if (_pools[client, slot] is TmemPool pool)
                {
                    yield return (pool, _modelClients[client]!.Pools[slot]!);
                }
            }
        }
    }
}
