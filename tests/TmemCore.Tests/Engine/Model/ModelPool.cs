using TmemCore.Store;

namespace TmemCore.Tests.Engine.Model;

/// <summary>A page as the model knows it.</summary>
internal sealed class ModelPage(ModelPool pool, ObjectId objectId, uint index)
{
    public ModelPool Pool { get; } = pool;

    public ObjectId ObjectId { get; } = objectId;

    public uint Index { get; } = index;

    public ulong Seed { get; set; }

    /// <summary>When it was put in or grew young last.</summary>
    public long Age { get; set; }
}

/// <summary>A pool as the model knows it: a dictionary, and what was done to it.</summary>
internal sealed class ModelPool(PoolKind kind, PoolUuid uuid)
{
    public PoolKind Kind { get; } = kind;

    public PoolUuid Uuid { get; } = uuid;

    public Dictionary<(ObjectId, uint), ModelPage> Pages { get; } = [];

    /// <summary>Those who share it, or the only client; the first is the owner.</summary>
    public List<(ModelClient Client, int Slot)> Sharers { get; } = [];

    public ModelClient Owner => Sharers[0].Client;

    public bool IsPersistent => Kind == PoolKind.Persistent;

    public bool HasObject(ObjectId id) => Pages.Keys.Any(key => key.Item1 == id);

    public long Puts { get; set; }

    public long PutsStored { get; set; }

    public long PutsReplaced { get; set; }

    public long PutsDropped { get; set; }

    public long PutsRefused { get; set; }

    public long Gets { get; set; }

    public long GetHits { get; set; }

    public long PageFlushes { get; set; }

    public long PageFlushesFound { get; set; }

    public long ObjectFlushes { get; set; }

    public long ObjectFlushesFound { get; set; }
}

/// <summary>A client as the model knows it.</summary>
internal sealed class ModelClient(long maximumPersistentPages)
{
    public ModelPool?[] Pools { get; } = new ModelPool?[ModelOp.Slots];

    /// <summary>Counted in the Xen profile only.</summary>
    public long MaximumPersistentPages { get; } = maximumPersistentPages;

    public bool IsFrozen { get; set; }

    public bool WasFrozen { get; set; }

    public bool IsSaving { get; set; }

    public bool IsMigrating { get; set; }

    /// <summary>Persistent pages that have gone during the migration.</summary>
    public long Changes { get; set; }

    public long PersistentPages => Pools.Where(pool => pool is { IsPersistent: true }).Sum(pool => pool!.Pages.Count);
}
