namespace TmemCore.Hypercalls;

/// <summary>
/// The guest's calls over a port: pools, and pages by frame number. Each method makes one hypercall of ABI version 1 and
/// returns its result unchanged. Thread-safe if the port is; allocates nothing.
/// </summary>
/// <param name="port">The port. It stays the caller's.</param>
public sealed class HypercallClient(IHypercallPort port)
{
    /// <summary>The flags of a private ephemeral pool: ABI version 1 and nothing else.</summary>
    public const uint EphemeralPool = 0x0100_0000;

    /// <summary>The flags of a private persistent pool.</summary>
    public const uint PersistentPool = 0x0100_0001;

    /// <summary>The flags of a shared ephemeral pool.</summary>
    public const uint SharedPool = 0x0100_0002;

    /// <summary>Makes or joins a pool.</summary>
    /// <param name="uuid">The name of a shared pool; of no matter for a private one.</param>
    /// <param name="flags">The pool flags, such as <see cref="PersistentPool"/>.</param>
    /// <returns>The pool id, 0 to 15; below zero if it is refused.</returns>
    public long NewPool(PoolUuid uuid, uint flags)
    {
        Span<byte> op = stackalloc byte[XenOpBytes.OpBytes];
        XenOpBytes.WriteCreate(op, new OpFields { Command = GuestCommand.NewPool, PoolId = uint.MaxValue, Uuid = uuid, Flags = flags });
        return port.Call(HypercallNumber.TmemOp, op);
    }

    /// <summary>Destroys a pool, or leaves a shared one.</summary>
    /// <param name="poolId">The pool.</param>
    /// <returns>1; 0 if there is no such pool.</returns>
    public long DestroyPool(int poolId) => Call(GuestCommand.DestroyPool, poolId, default, 0, 0);

    /// <summary>Copies a page into a pool.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="frame">The frame number the page is read from.</param>
    /// <returns>1 if it is stored; see <see cref="PutResult"/> for the refusals.</returns>
    public long Put(int poolId, ObjectId objectId, uint index, ulong frame) =>
        Call(GuestCommand.PutPage, poolId, objectId, index, frame);

    /// <summary>Copies a page out of a pool. A private ephemeral pool gives it up by that.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="frame">The frame number the page is written to.</param>
    /// <returns>1 if it was there; see <see cref="GetResult"/> for the rest.</returns>
    public long Get(int poolId, ObjectId objectId, uint index, ulong frame) =>
        Call(GuestCommand.GetPage, poolId, objectId, index, frame);

    /// <summary>Removes a page.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <returns>1, whether or not it was there; see <see cref="FlushResult"/>.</returns>
    public long FlushPage(int poolId, ObjectId objectId, uint index) =>
        Call(GuestCommand.FlushPage, poolId, objectId, index, 0);

    /// <summary>Removes all pages of an object.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <returns>1, whether or not there were any; see <see cref="FlushResult"/>.</returns>
    public long FlushObject(int poolId, ObjectId objectId) => Call(GuestCommand.FlushObject, poolId, objectId, 0, 0);

    private long Call(uint command, int poolId, ObjectId objectId, uint index, ulong frame)
    {
        Span<byte> op = stackalloc byte[XenOpBytes.OpBytes];
        XenOpBytes.WriteGeneric(op, new OpFields
        {
            Command = command,
            PoolId = (uint)poolId,
            Object = objectId,
            Index = index,
            Frame = frame,
        });
        return port.Call(HypercallNumber.TmemOp, op);
    }
}
