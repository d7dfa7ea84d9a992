using TmemCore.Store;

namespace TmemCore.Tests.Engine.Model;

/// <summary>The rules of a page store, written down as plainly as they can be. One thread, one dictionary per pool.</summary>
internal sealed class ModelStore(int? maximumPages)
{
    private const int FailuresBeforeGivingUp = 10;

    private readonly SortedDictionary<long, ModelPage> _byAge = [];
    private readonly List<ModelPool> _shared = [];
    private long _age;

    /// <summary>The most pages that the original's rule lets in; null where bytes decide, which the model does not know.</summary>
    public int? MaximumPages { get; } = maximumPages;

    /// <summary>Set by a test that wants to see the comparison fail: the model then forgets what a take does.</summary>
    public bool IsWrong { get; init; }

    public long Evictions { get; private set; }

    public long CachedFree { get; private set; }

    public int PersistentPages { get; private set; }

    public int Pages => PersistentPages + _byAge.Count;

    public IEnumerable<ModelPage> EphemeralPages => _byAge.Values;

    /// <summary>What a put will answer as far as the rules tell; nothing is changed but for the evictions of the original's reserve.</summary>
    public PutResult Put(ModelPool pool, ObjectId id, uint index, bool isReadable, ulong seed)
    {
        if (MaximumPages is int maximum && !TryKeepReserve(maximum))
        {
            return PutResult.OutOfMemory;
        }

        pool.Puts++;
        if (pool.Pages.TryGetValue((id, index), out ModelPage? page))
        {
            return Replace(pool, page, isReadable, seed);
        }

        if (pool.Owner.IsFrozen)
        {
            pool.PutsRefused += MaximumPages is null || pool.HasObject(id) ? 1 : 0;
            return PutResult.Frozen;
        }

        if (pool.IsPersistent && MaximumPages is not null && pool.Owner.PersistentPages >= pool.Owner.MaximumPersistentPages)
        {
            pool.PutsRefused++;
            return PutResult.OutOfMemory;
        }

        CachedFree = Math.Max(CachedFree - 1, 0);
        if (!isReadable)
        {
            CachedFree++;
            pool.PutsRefused++;
            return PutResult.Unreadable;
        }

        Add(new ModelPage(pool, id, index) { Seed = seed, Age = ++_age });
        pool.PutsStored++;
        return PutResult.Stored;
    }

    /// <summary>Takes back a put that the store could not find memory for.</summary>
    public void Unput(ModelPool pool, ObjectId id, uint index)
    {
        ModelClient owner = pool.Owner;
        long changes = owner.Changes;
        Remove(pool.Pages[(id, index)]);
        owner.Changes = changes;
        pool.PutsStored--;
        pool.PutsRefused++;
    }

    /// <summary>A put over a page that the store could not find memory for.</summary>
    public void Drop(ModelPage page)
    {
        page.Pool.Puts++;
        page.Pool.PutsDropped++;
        Remove(page);
    }

    public GetResult Get(ModelPool pool, ObjectId id, uint index, bool isWritable, out ulong seed)
    {
        seed = 0;
        if (pool.Pages.Count == 0)
        {
            return GetResult.Empty;
        }

        pool.Gets++;
        if (!pool.Pages.TryGetValue((id, index), out ModelPage? page))
        {
            return GetResult.Miss;
        }

        if (!isWritable)
        {
            return GetResult.Unwritable;
        }

        pool.GetHits++;
        seed = page.Seed;
        if (pool.Kind == PoolKind.Ephemeral && !IsWrong)
        {
            Remove(page);
        }
        else if (!pool.IsPersistent)
        {
            _byAge.Remove(page.Age);
            page.Age = ++_age;
            _byAge.Add(page.Age, page);
        }

        return GetResult.Hit;
    }

    public FlushResult FlushPage(ModelPool pool, ObjectId id, uint index)
    {
        pool.PageFlushes++;
        if (pool.Pages.TryGetValue((id, index), out ModelPage? page))
        {
            pool.PageFlushesFound++;
            Remove(page);
        }

        return pool.Owner.IsFrozen ? FlushResult.DoneWhileFrozen : FlushResult.Done;
    }

    public FlushResult FlushObject(ModelPool pool, ObjectId id)
    {
        pool.ObjectFlushes++;
        pool.ObjectFlushesFound += pool.HasObject(id) ? 1 : 0;
        RemoveAll(pool, page => page.ObjectId == id);
        return pool.Owner.IsFrozen ? FlushResult.DoneWhileFrozen : FlushResult.Done;
    }

    public ModelPool AddPool(ModelClient client, int slot, PoolKind kind, PoolUuid uuid)
    {
        ModelPool? pool = kind == PoolKind.Shared ? _shared.Find(other => other.Uuid == uuid) : null;
        if (pool is null)
        {
            pool = new ModelPool(kind, uuid);
            if (kind == PoolKind.Shared)
            {
                _shared.Add(pool);
            }
        }

        pool.Sharers.Add((client, slot));
        client.Pools[slot] = pool;
        return pool;
    }

    public void LeavePool(ModelClient client, int slot)
    {
        if (client.Pools[slot] is not ModelPool pool)
        {
            return;
        }

        if (pool.Sharers.Count == 1)
        {
            RemoveAll(pool, _ => true);
            _shared.Remove(pool);
        }

        client.Pools[slot] = null;
        pool.Sharers.Remove((client, slot));
    }

    public void Evict(ModelPage page)
    {
        Evictions++;
        Remove(page);
    }

    /// <summary>The original's control call: evicts until so much is free, then forgets that it is.</summary>
    public long GiveBack(long frames)
    {
        while (CachedFree < frames && _byAge.Count > 0)
        {
            Evict(_byAge.First().Value);
        }

        long given = CachedFree;
        CachedFree = 0;
        return given;
    }

    private bool TryKeepReserve(int maximum)
    {
        int failures = 0;
        while (Pages >= maximum)
        {
            if (_byAge.Count > 0)
            {
                Evict(_byAge.First().Value);
            }
            else if (++failures == FailuresBeforeGivingUp)
            {
                return false;
            }
        }

        return true;
    }

    private PutResult Replace(ModelPool pool, ModelPage page, bool isReadable, ulong seed)
    {
        if (pool.Owner.IsMigrating || !isReadable)
        {
            pool.PutsDropped++;
            Remove(page);
            return pool.Owner.IsMigrating ? PutResult.PageDropped : PutResult.Unreadable;
        }

        page.Seed = seed;
        pool.PutsStored++;
        pool.PutsReplaced++;
        return PutResult.Stored;
    }

    private void Add(ModelPage page)
    {
        page.Pool.Pages.Add((page.ObjectId, page.Index), page);
        if (page.Pool.IsPersistent)
        {
            PersistentPages++;
        }
        else
        {
            _byAge.Add(page.Age, page);
        }
    }

    private void Remove(ModelPage page)
    {
        page.Pool.Pages.Remove((page.ObjectId, page.Index));
        CachedFree++;
        if (page.Pool.IsPersistent)
        {
            PersistentPages--;
            page.Pool.Owner.Changes += page.Pool.Owner.IsMigrating ? 1 : 0;
        }
        else
        {
            _byAge.Remove(page.Age);
        }
    }

    private void RemoveAll(ModelPool pool, Func<ModelPage, bool> isWanted)
    {
        foreach (ModelPage page in pool.Pages.Values.Where(isWanted).ToList())
        {
            Remove(page);
        }
    }
}
