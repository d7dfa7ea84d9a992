namespace TmemCore.Tool.Replay;

/// <summary>
/// What a trace is replayed on: one method for each operation, with the tmem ABI's numbers for answers. Pages are 4,096
/// bytes.
/// </summary>
internal interface IReplayTarget : IDisposable
{
    /// <summary>Tells that a domain exists.</summary>
    void AddDomain(int domain);

    /// <summary>A domain dies; -1 when it was never added.</summary>
    long RemoveDomain(int domain);

    /// <summary>NEW_POOL.</summary>
    long NewPool(int caller, PoolUuid uuid, uint flags);

    /// <summary>DESTROY_POOL.</summary>
    long DestroyPool(int caller, int pool);

    /// <summary>PUT_PAGE.</summary>
    long Put(int caller, int pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> page);

    /// <summary>PUT_PAGE from where nothing can be read.</summary>
    long PutUnreadable(int caller, int pool, in ObjectId objectId, uint index);

    /// <summary>GET_PAGE; the page is written when the answer is 1.</summary>
    long Get(int caller, int pool, in ObjectId objectId, uint index, Span<byte> page);

    /// <summary>GET_PAGE to where nothing can be written.</summary>
    long GetUnwritable(int caller, int pool, in ObjectId objectId, uint index);

    /// <summary>FLUSH_PAGE.</summary>
    long FlushPage(int caller, int pool, in ObjectId objectId, uint index);

    /// <summary>FLUSH_OBJECT.</summary>
    long FlushObject(int caller, int pool, in ObjectId objectId);

    /// <summary>A command number that does not exist.</summary>
    long Unknown(int caller, uint command, int pool);

    /// <summary>CONTROL, the sub-operations that answer with a number.</summary>
    long Control(int subop, int pool, int client, uint argument1, uint argument2);

    /// <summary>CONTROL 18: the uuid of a pool, when the answer is 0.</summary>
    long GetPoolUuid(int client, int pool, out PoolUuid uuid);

    /// <summary>CONTROL 4: the statistics text, when the answer is 0.</summary>
    long List(int client, int bufferBytes, bool isLong, out string text);

    /// <summary>AUTH.</summary>
    long Authorize(int client, PoolUuid uuid, uint flag);

    /// <summary>RESTORE_NEW.</summary>
    long RestoreNewPool(int client, int pool, PoolUuid uuid, uint flags);

    /// <summary>CONTROL 33: a flush for a client.</summary>
    long RestoreFlushPage(int client, int pool, in ObjectId objectId, uint index);
}
