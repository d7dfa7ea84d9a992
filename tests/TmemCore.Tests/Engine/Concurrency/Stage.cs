using TmemCore.Store;

namespace TmemCore.Tests.Engine.Concurrency;

/// <summary>The pools that threads work on, and what happens to them meanwhile.</summary>
internal sealed class Stage(TmemHost host, int seed, Func<long> clock)
{
    private static readonly PoolKind[] s_kinds = [PoolKind.Ephemeral, PoolKind.Retaining, PoolKind.Persistent, PoolKind.Shared];

    private readonly Random _random = new(~seed);
    private readonly StagedPool?[] _pools = new StagedPool?[s_kinds.Length];
    private readonly List<TmemClient> _clients = [];
    private int _number;

    /// <summary>Makes those pools again that have gone.</summary>
    public StagedPool[] Prepare()
    {
        for (int i = 0; i < s_kinds.Length; i++)
        {
            if (_pools[i] is null or { EndInvoked: < long.MaxValue })
            {
                _pools[i] = new StagedPool(CreateFaces(s_kinds[i]), s_kinds[i], ++_number);
            }
        }

        return [.. _pools.Select(pool => pool!)];
    }

    /// <summary>Disturbs the threads that work on the pools in some way.</summary>
    public void Disturb()
    {
        for (int i = 0; i < 3; i++)
        {
            switch (_random.Next(6))
            {
                case 0:
                    End(_pools[_random.Next(_pools.Length)]!, static pool => Array.ForEach(pool.Faces, face => face.Dispose()));
                    break;
                case 1:
                    End(_pools[_random.Next(_pools.Length)]!, static pool => Array.ForEach(pool.Faces, face => face.Client.Dispose()));
                    break;
                case 2:
                    FreezeForAMoment(_pools[_random.Next(_pools.Length)]!);
                    break;
                case 3:
                    MoveTheLimit();
                    break;
                case 4:
                    host.Control.GiveBack(_random.Next(20) * TmemPool.PageBytes);
                    break;
                default:
                    RequireSound();
                    break;
            }
        }
    }

    private TmemPool[] CreateFaces(PoolKind kind)
    {
        if (kind == PoolKind.Shared)
        {
            var uuid = new PoolUuid((ulong)_number, 1);
            return [Client().Join(uuid), Client().Join(uuid)];
        }

        return kind switch
        {
            PoolKind.Ephemeral => [Client().CreateEphemeralPool()],
            PoolKind.Retaining => [Client().CreateRetainingPool()],
            _ => [Client().CreatePersistentPool()],
        };
    }

    /// <summary>A client for each face, so that the death of one pool's client is not another's.</summary>
    private TmemClient Client()
    {
        TmemClient client = host.CreateClient();
        _clients.Add(client);
        return client;
    }

    private void End(StagedPool pool, Action<StagedPool> end)
    {
        if (pool.EndInvoked != long.MaxValue)
        {
            return;
        }

        pool.EndInvoked = clock();
        end(pool);
        pool.EndReturned = clock();
    }

    private void FreezeForAMoment(StagedPool pool)
    {
        if (pool.EndInvoked == long.MaxValue)
        {
            host.Control.Freeze(pool.Faces[0].Client);
            Thread.Yield();
            host.Control.Thaw(pool.Faces[0].Client);
        }
    }

    private void MoveTheLimit()
    {
        long before = host.CapacityBytes;
        try
        {
            host.SetCapacity(before - (_random.Next(24) * TmemPool.PageBytes));
        }
        catch (InsufficientMemoryException)
        {
            // Persistent pages stand against it.
        }

        host.SetCapacity(before);
    }

    private void RequireSound()
    {
        IReadOnlyList<string> problems = host.Verify();
        if (problems.Count > 0)
        {
            throw new InvalidOperationException(string.Join(Environment.NewLine, problems));
        }
    }
}
