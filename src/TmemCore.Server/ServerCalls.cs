using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using TmemCore.Abi;
using TmemCore.Hypercalls;
using TmemCore.Wire;

namespace TmemCore.Server;

/// <summary>
/// What the requests of one connection do. Every field of an op is a peer's: any number at all. One call at a time.
/// </summary>
internal sealed class ServerCalls(TmemClient client, TmemHost host, bool mayControl) : GuestOps.IHandler
{
    private const int PoolSlots = 16;

    /// <summary>Flags that a pool may have here: shared, persistent, and that a get leaves the page.</summary>
    private const uint KnownFlags =
        (uint)(TmemPoolFlags.Persistent | TmemPoolFlags.Shared | TmemPoolFlags.VersionMask) | WireAnswer.Retaining;

    private static readonly TmemAbi s_abi = new(AbiGeneration.V1Hypercall);

    private readonly TmemPool?[] _pools = new TmemPool?[PoolSlots];
    private readonly ControlCalls _control = new(client, host, mayControl);
    private ReadOnlyMemory<byte> _data;
    private Memory<byte> _found;

    /// <summary>Bytes that the last call has found.</summary>
    public int FoundBytes { get; private set; }

    /// <summary>The text that the last call has found; empty for none.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Finds the pools of a client that was handed over.</summary>
    public void FindPools()
    {
        for (int id = 0; id < PoolSlots; id++)
        {
            client.TryGetPool(id, out _pools[id]);
        }
    }

    /// <summary>Does what an op says.</summary>
    /// <param name="op">The op.</param>
    /// <param name="data">What is to be stored; 4,096 bytes at most.</param>
    /// <param name="found">Takes what is found, 4,096 bytes.</param>
    /// <returns>The answer.</returns>
    public long Call(ReadOnlySpan<byte> op, ReadOnlyMemory<byte> data, Memory<byte> found)
    {
        _data = data;
        _found = found[..TmemPool.PageBytes];
        FoundBytes = 0;
        Text = "";
        return GuestOps.Dispatch(s_abi, op, this);
    }

    /// <inheritdoc/>
    public long OnControl(TmemAbi abi, ReadOnlySpan<byte> op)
    {
        _control.Text = "";
        long answer = ControlOps.Dispatch(abi, op, _control);
        Text = _control.Text;
        return answer;
    }

    /// <inheritdoc/>
    public long OnNewPool(in NewPoolOp op)
    {
        uint flags = (uint)op.Flags;
        bool isShared = (op.Flags & TmemPoolFlags.Shared) != 0;
        bool isPersistent = (op.Flags & TmemPoolFlags.Persistent) != 0;
        bool isRetaining = (flags & WireAnswer.Retaining) != 0;
        bool isOne = (isShared ? 1 : 0) + (isPersistent ? 1 : 0) + (isRetaining ? 1 : 0) <= 1;
        if ((flags & ~KnownFlags) != 0 || (op.Flags & TmemPoolFlags.VersionMask) != TmemPoolFlags.Version1 || !isOne)
        {
            return -Errno.EPERM;
        }

        JoinResult result = JoinResult.Created;
        TmemPool? pool = null;
        try
        {
            if (isShared)
            {
                result = client.TryJoinSharedPool(op.Uuid, out SharedEphemeralPool? shared);
                pool = shared;
            }
            else
            {
                pool = isPersistent ? client.CreatePersistentPool() : isRetaining ? client.CreateRetainingPool() : client.CreateEphemeralPool();
            }
        }
        catch (Exception e) when (e is InvalidOperationException or InsufficientMemoryException)
        {
            // The client itself may have been ended by an operator, which is an invalid operation, too.
            result = e is InsufficientMemoryException ? JoinResult.OutOfMemory : JoinResult.TooManyPools;
        }

        if (pool is not null)
        {
            _pools[pool.Id] = pool;
        }

        return WireAnswer.Of(result, pool?.Id ?? 0);
    }

    /// <inheritdoc/>
    public long OnDestroyPool(in DestroyPoolOp op)
    {
        if (!TryFind(op.PoolId, out TmemPool? pool))
        {
            return 0;
        }

        pool.Dispose();
        _pools[op.PoolId] = null;
        return 1;
    }

    /// <summary>
    /// Does what a slot of shared memory says. By another thread than the other calls: it looks at the pools only.
    /// </summary>
    /// <param name="request">A copy that nobody else can change.</param>
    /// <param name="page">The slot's page, which the client may change at any moment.</param>
    /// <param name="entry">Room for an entry that the client cannot change any more; 4,096 bytes.</param>
    /// <param name="foundBytes">Bytes that were found, in the page.</param>
    public long Call(in ChannelSlot request, Span<byte> page, byte[] entry, out int foundBytes)
    {
        foundBytes = 0;
        if (!TryFind(request.Pool, out TmemPool? pool))
        {
            return -Errno.ENODEV;
        }

        switch (request.Op)
        {
            case PutPageOp.Number when request.DataBytes is < 1 or > TmemPool.PageBytes:
                return -Errno.EINVAL;
            case PutPageOp.Number when request.DataBytes == TmemPool.PageBytes:
                return Put(pool, request.Object, request.Index, page);
            case PutPageOp.Number:
                page[..request.DataBytes].CopyTo(entry);
                return Put(pool, request.Object, request.Index, entry.AsSpan(0, request.DataBytes));
            case GetPageOp.Number when request.DataBytes is >= 0 and <= TmemPool.PageBytes:
                return Get(pool, request.Object, request.Index, page[..request.DataBytes], page, out foundBytes);
            case FlushPageOp.Number:
                return (long)pool.FlushPage(request.Object, request.Index);
            case FlushObjectOp.Number:
                return (long)pool.FlushObject(request.Object);
            default:
                return -Errno.ENOSYS;
        }
    }

    /// <inheritdoc/>
    public long OnPutPage(in PutPageOp op) => !TryFind(op.PoolId, out TmemPool? pool) ? -Errno.ENODEV
        : _data.IsEmpty ? -Errno.EINVAL
        : Put(pool, op.Object, op.Index, _data.Span);

    /// <inheritdoc/>
    public long OnGetPage(in GetPageOp op)
    {
        if (!TryFind(op.PoolId, out TmemPool? pool))
        {
            return -Errno.ENODEV;
        }

        // A peer has no frame here: the room that it has for what is found stands in its place.
        Span<byte> room = _found.Span[..(int)Math.Min(op.Frame, TmemPool.PageBytes)];
        long result = Get(pool, op.Object, op.Index, room, _found.Span, out int found);
        FoundBytes = found;
        return result;
    }

    /// <inheritdoc/>
    public long OnFlushPage(in FlushPageOp op) =>
        TryFind(op.PoolId, out TmemPool? pool) ? (long)pool.FlushPage(op.Object, op.Index) : -Errno.ENODEV;

    /// <inheritdoc/>
    public long OnFlushObject(in FlushObjectOp op) =>
        TryFind(op.PoolId, out TmemPool? pool) ? (long)pool.FlushObject(op.Object) : -Errno.ENODEV;

    /// <inheritdoc/>
    public long OnNewPage(in NewPageOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnWrite(in WriteOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnRead(in ReadOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnXchg(in XchgOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnAuth(in AuthOp op) => _control.Authorize(op.ClientId, op.Uuid, op.Flags);

    /// <inheritdoc/>
    public long OnRestoreNew(in RestoreNewOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnUnknownGuest(TmemAbi abi, uint number, ReadOnlySpan<byte> op)
    {
        if (number != WireMemory.Command)
        {
            return -Errno.ENOSYS;
        }

        long answer = _control.QueryMemory();
        Text = answer < 0 ? "" : _control.Text;
        return answer;
    }

    private static long Put(TmemPool pool, in ObjectId objectId, uint index, ReadOnlySpan<byte> data)
    {
        if (pool is PersistentPool persistent)
        {
            return (long)persistent.PutEntry(objectId, index, data);
        }

        ((DroppablePool)pool).TryPutEntry(objectId, index, data, out PutResult result);
        return (long)result;
    }

    /// <summary>Where there is no room for it, an entry's length is found instead.</summary>
    private static long Get(TmemPool pool, in ObjectId objectId, uint index, Span<byte> room, Span<byte> found, out int foundBytes)
    {
        GetResult result = pool is EphemeralPool ephemeral
            ? ephemeral.TakeEntry(objectId, index, room, out int length)
            : ((IReadablePool)pool).GetEntry(objectId, index, room, out length);
        foundBytes = result == GetResult.Hit ? length : 0;
        if (result == GetResult.Unwritable)
        {
            BinaryPrimitives.WriteInt32LittleEndian(found, length);
            foundBytes = sizeof(int);
        }

        return (long)result;
    }

    private bool TryFind(int pool, [NotNullWhen(true)] out TmemPool? found) =>
        (found = (uint)pool < PoolSlots ? _pools[pool] : null) is not null;
}
