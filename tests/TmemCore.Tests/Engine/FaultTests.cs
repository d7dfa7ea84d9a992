using TmemCore.Statistics;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>
/// Memory that runs out at the n-th request, for every n of a scenario: each time a clear refusal, no stale page, nothing leaked,
/// every structure in order.
/// </summary>
public sealed class FaultTests
{
    private readonly byte[] _buffer = new byte[TmemPool.PageBytes];

    [Theory]
    [InlineData(1, TmemProfile.Default)]
    [InlineData(4, TmemProfile.Default)]
    [InlineData(1, TmemProfile.Xen)]
    public void A_request_that_fails_once_does_no_harm(int shards, TmemProfile profile)
    {
        int requests = Run(shards, profile, _ => false);
        Assert.InRange(requests, 300, 2000);
        for (int n = 0; n < requests; n++)
        {
            Run(shards, profile, request => request == n);
        }
    }

    [Theory]
    [InlineData(1, TmemProfile.Default)]
    [InlineData(4, TmemProfile.Default)]
    public void Requests_that_fail_from_some_moment_on_do_no_harm(int shards, TmemProfile profile)
    {
        int requests = Run(shards, profile, _ => false);
        for (int n = 0; n < requests; n += 1 + (n / 64))
        {
            Run(shards, profile, request => request >= n);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Requests_of_which_every_so_many_fail_do_no_harm(int period) =>
        Run(1, TmemProfile.Default, request => request > 20 && request % period == 0);

    /// <summary>Runs the scenario, and tells how many requests there were.</summary>
    private int Run(int shards, TmemProfile profile, Func<int, bool> fails)
    {
        int requests = 0;
        bool isOver = false;
        var options = new TmemHostOptions
        {
            CapacityBytes = Hosts.Mebibyte,
            MaximumCapacityBytes = 2 * Hosts.Mebibyte,
            Shards = shards,
            Profile = profile,
            DataFrameLimit = profile == TmemProfile.Xen ? 255 + 80 : 0,
            HashSeed = 5,
            RequireSharedAuthorization = false,
            FailAllocation = () => !isOver && fails(requests++),
        };
        TmemHost host;
        try
        {
            host = new TmemHost(options);
        }
        catch (InsufficientMemoryException)
        {
            return requests;
        }

        using (host)
        {
            var scenario = new Scenario(host, _buffer);
            isOver = true;
            scenario.FillMost();
            isOver = false;
            scenario.Play();
            int used = requests;
            isOver = true;
            Assert.Empty(host.Verify());
            scenario.RequireContents();
            scenario.End();
            RequireNothingLeft(host);
            return used;
        }
    }

    private static void RequireNothingLeft(TmemHost host)
    {
        Assert.Empty(host.Verify());
        HostStatistics statistics = host.GetStatistics();
        Assert.Equal((0, 0, 0), (statistics.Pages, statistics.Objects, statistics.Nodes));
        foreach (Shard shard in Inside.Shards(host.Store))
        {
            Assert.Equal(0, shard.CellsInUse);
        }

        Assert.Equal(0u, Inside.ControlHeap(host.Store).CellsInUse);
        host.Control.GiveBack(long.MaxValue);
        Assert.Equal(0, Inside.Frames(host.Store).ResidentCount);
    }

    /// <summary>Everything that asks for memory, with a note of what must be there afterwards.</summary>
    private sealed class Scenario(TmemHost host, byte[] buffer)
    {
        private readonly List<TmemClient> _clients = [];
        private readonly Dictionary<(TmemPool Pool, ObjectId Id, uint Index), ulong> _stored = [];
        private ulong _seed;

        public void Play()
        {
            for (int round = 0; round < 2; round++)
            {
                if (Try(() => host.CreateClient()) is not TmemClient client)
                {
                    continue;
                }

                _clients.Add(client);
                PlayPools(client);
            }

            Try(() => Resize(Hosts.Mebibyte + 200_000));
            PlayPool(Try(_clients[^1].CreatePersistentPool));
            Try(() => Resize(Hosts.Mebibyte));
        }

        /// <summary>Leaves so little that the rest of the scenario evicts.</summary>
        public void FillMost()
        {
            TmemClient client = host.CreateClient();
            _clients.Add(client);
            PersistentPool pool = client.CreatePersistentPool();
            for (uint i = 0; host.Options.Profile == TmemProfile.Default && i < 160; i++)
            {
                Put(pool, 1, i);
            }
        }

        public void RequireContents()
        {
            foreach (((TmemPool pool, ObjectId id, uint index), ulong seed) in _stored)
            {
                GetResult result = Get(pool, id, index);
                if (result == GetResult.Hit)
                {
                    Assert.True(Pages.Of(seed).AsSpan().SequenceEqual(buffer), $"Page {index} of object {id} is stale.");
                }
                else
                {
                    Assert.False(pool is PersistentPool, $"Persistent page {index} of object {id} is lost: {result}.");
                }
            }
        }

        public void End()
        {
            foreach (TmemClient client in _clients)
            {
                client.Dispose();
            }
        }

        private static T? Try<T>(Func<T> action)
            where T : class
        {
            try
            {
                return action();
            }
            catch (InsufficientMemoryException refusal)
            {
                Assert.False(string.IsNullOrWhiteSpace(refusal.Message));
                return null;
            }
        }

        private string Resize(long capacityBytes)
        {
            host.SetCapacity(capacityBytes);
            return "done";
        }

        private void PlayPools(TmemClient client)
        {
            PlayPool(Try(client.CreatePersistentPool));
            PlayPool(Try(client.CreateRetainingPool));
            PlayPool(client.TryJoinSharedPool(Hosts.Uuid, out SharedEphemeralPool? shared) == JoinResult.OutOfMemory ? null : shared);
            EphemeralPool? brief = Try(client.CreateEphemeralPool);
            PlayPool(brief);
            foreach ((TmemPool Pool, ObjectId, uint) key in _stored.Keys.Where(key => key.Pool == brief).ToList())
            {
                _stored.Remove(key);
            }

            brief?.Dispose();
        }

        private void PlayPool(TmemPool? pool)
        {
            if (pool is null)
            {
                return;
            }

            for (uint i = 0; i < 9; i++)
            {
                Put(pool, 1, i);
                Put(pool, 2, i * 64);
                Put(pool, 100 + i, 5);
            }

            for (uint i = 0; i < 5; i++)
            {
                Flush(pool, 1, i);
                Put(pool, 3, i);
                Put(pool, 2, i * 64);
                Put(pool, 4, i * 40);
            }

            pool.FlushObject(4);
            foreach ((TmemPool, ObjectId Id, uint) key in _stored.Keys.Where(key => key.Pool == pool && key.Id == new ObjectId(4)).ToList())
            {
                _stored.Remove(key);
            }
        }

        private void Flush(TmemPool pool, ObjectId id, uint index)
        {
            Assert.Equal(FlushResult.Done, pool.FlushPage(id, index));
            _stored.Remove((pool, id, index));
        }

        private void Put(TmemPool pool, ObjectId id, uint index)
        {
            var source = new SeedSource(++_seed);
            PutResult result;
            if (pool is PersistentPool persistent)
            {
                result = persistent.Put(id, index, ref source);
            }
            else
            {
                ((DroppablePool)pool).TryPut(id, index, ref source, out result);
            }

            if (result == PutResult.Stored)
            {
                Note(pool, id, index);
                return;
            }

            Assert.Equal(PutResult.OutOfMemory, result);
            if (host.Options.Profile == TmemProfile.Xen && _stored.ContainsKey((pool, id, index)))
            {
                // The original looks for room before it looks for the page, which stays as it was.
                return;
            }

            Assert.True(Get(pool, id, index) is GetResult.Miss or GetResult.Empty, "A refused put left a page.");
            _stored.Remove((pool, id, index));
        }

        /// <summary>A shared pool's other face stores under the same handle.</summary>
        private void Note(TmemPool pool, ObjectId id, uint index)
        {
            foreach ((TmemPool Pool, ObjectId Id, uint Index) key in pool is SharedEphemeralPool ? _stored.Keys.ToList() : [])
            {
                if (key.Pool is SharedEphemeralPool && key.Id == id && key.Index == index)
                {
                    _stored.Remove(key);
                }
            }

            _stored[(pool, id, index)] = _seed;
        }

        private GetResult Get(TmemPool pool, ObjectId id, uint index) => pool switch
        {
            EphemeralPool ephemeral => ephemeral.Take(id, index, buffer),
            RetainingPool retaining => retaining.Get(id, index, buffer),
            SharedEphemeralPool shared => shared.Get(id, index, buffer),
            _ => ((PersistentPool)pool).Get(id, index, buffer),
        };
    }
}
