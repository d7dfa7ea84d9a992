using System.Globalization;
using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>
/// The guest's calls over a port: pools, and pages by frame number. Each method makes one hypercall of ABI version 1 and
/// returns its result unchanged. Thread-safe if the port is; allocates nothing, except where a page is named by its memory.
/// </summary>
/// <remarks>
/// A page can be named in three ways. By its frame number: what the number means is the port's business, and a port to a
/// hypervisor checks no more than that the frame is this domain's. By the lease that keeps it in place, which is the way to
/// be preferred: <see cref="MachineFrames"/> for a hypervisor, <see cref="HypercallBuffer"/> for a port inside the process.
/// Or, by the methods that begin with <c>Dangerous</c>, by its bare address.
/// </remarks>
public sealed class HypercallClient
{
    /// <summary>The flags of a private ephemeral pool: ABI version 1 and nothing else.</summary>
    public const uint EphemeralPool = (uint)TmemPoolFlags.Version1;

    /// <summary>The flags of a private persistent pool.</summary>
    public const uint PersistentPool = (uint)(TmemPoolFlags.Version1 | TmemPoolFlags.Persistent);

    /// <summary>The flags of a shared ephemeral pool.</summary>
    public const uint SharedPool = (uint)(TmemPoolFlags.Version1 | TmemPoolFlags.Shared);

    private readonly GuestOps.Caller<OpPort> _ops;
    private readonly GuestMemory? _memory;

    /// <summary>Makes the guest's side of a port.</summary>
    /// <param name="port">The port. It stays the caller's.</param>
    /// <param name="memory">
    /// Where the port looks up frames, if pages are to be named by their memory: the guest memory of a port inside the
    /// process, or of a recording port. Null for a hypervisor, which knows frames by <see cref="MachineFrames"/>.
    /// </param>
    public HypercallClient(IHypercallPort port, GuestMemory? memory = null)
    {
        ArgumentNullException.ThrowIfNull(port);
        _ops = new GuestOps.Caller<OpPort>(new TmemAbi(AbiGeneration.V1Hypercall), new OpPort(port));
        _memory = memory;
    }

    /// <summary>Makes or joins a pool.</summary>
    /// <param name="uuid">The name of a shared pool; of no matter for a private one.</param>
    /// <param name="flags">The pool flags, such as <see cref="PersistentPool"/>; see <see cref="TmemPoolFlags"/>.</param>
    /// <returns>The pool id, 0 to 15; below zero if it is refused.</returns>
    public long NewPool(PoolUuid uuid, uint flags) => _ops.NewPool(new NewPoolOp { Uuid = uuid, Flags = (TmemPoolFlags)flags });

    /// <summary>Destroys a pool, or leaves a shared one.</summary>
    /// <param name="poolId">The pool.</param>
    /// <returns>1; 0 if there is no such pool.</returns>
    public long DestroyPool(int poolId) => _ops.DestroyPool(new DestroyPoolOp { PoolId = poolId });

    /// <summary>Copies a page into a pool.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="frame">The frame number the page is read from.</param>
    /// <returns>1 if it is stored; see <see cref="PutResult"/> for the refusals.</returns>
    public long Put(int poolId, ObjectId objectId, uint index, ulong frame) =>
        _ops.PutPage(new PutPageOp { PoolId = poolId, Object = objectId, Index = index, Frame = frame });

    /// <summary>Copies a page into a pool, from a frame that a hypervisor knows.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="pageIndex">Which of them is read.</param>
    /// <returns>1 if it is stored; see <see cref="PutResult"/> for the refusals.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frames"/> have no such page.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="frames"/> are disposed.</exception>
    public long Put(int poolId, ObjectId objectId, uint index, MachineFrames frames, int pageIndex)
    {
        ArgumentNullException.ThrowIfNull(frames);
        return Put(poolId, objectId, index, frames.GetFrame(pageIndex));
    }

    /// <summary>Copies a page into a pool, from a lease. Not for a hypervisor: see <see cref="MachineFrames"/>.</summary>
    /// <remarks>Registers the page for the call, unless it is registered; a page that several threads put or get should be.</remarks>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="page">The lease whose first 4,096 bytes are read.</param>
    /// <returns>1 if it is stored; see <see cref="PutResult"/> for the refusals.</returns>
    /// <exception cref="ArgumentException">The lease is shorter than a page.</exception>
    /// <exception cref="InvalidOperationException">The client was made without guest memory.</exception>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public long Put(int poolId, ObjectId objectId, uint index, HypercallBuffer page)
    {
        LockedBlock block = Hold(page);
        try
        {
            return DangerousPut(poolId, objectId, index, block.Address);
        }
        finally
        {
            block.Release();
        }
    }

    /// <summary>Copies a page into a pool, from an address. Not for a hypervisor: see <see cref="MachineFrames"/>.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="page">The address of 4,096 bytes, a multiple of 4,096. Must be pinned until the call has returned.</param>
    /// <returns>1 if it is stored; see <see cref="PutResult"/> for the refusals.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is zero, or no multiple of 4,096.</exception>
    /// <exception cref="InvalidOperationException">The client was made without guest memory.</exception>
    public long DangerousPut(int poolId, ObjectId objectId, uint index, [PinnedBuffer(MinimumBytes = 4096)] nint page)
    {
        using GuestRegistration? lent = Lend(page);
        return Put(poolId, objectId, index, (ulong)page / GuestMemory.FrameBytes);
    }

    /// <summary>Copies a page out of a pool. A private ephemeral pool gives it up by that.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="frame">The frame number the page is written to.</param>
    /// <returns>1 if it was there; see <see cref="GetResult"/> for the rest.</returns>
    public long Get(int poolId, ObjectId objectId, uint index, ulong frame) =>
        _ops.GetPage(new GetPageOp { PoolId = poolId, Object = objectId, Index = index, Frame = frame });

    /// <summary>Copies a page out of a pool, to a frame that a hypervisor knows.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="frames">The frames.</param>
    /// <param name="pageIndex">Which of them is written.</param>
    /// <returns>1 if it was there; see <see cref="GetResult"/> for the rest.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="frames"/> have no such page.</exception>
    /// <exception cref="ObjectDisposedException"><paramref name="frames"/> are disposed.</exception>
    public long Get(int poolId, ObjectId objectId, uint index, MachineFrames frames, int pageIndex)
    {
        ArgumentNullException.ThrowIfNull(frames);
        return Get(poolId, objectId, index, frames.GetFrame(pageIndex));
    }

    /// <summary>Copies a page out of a pool, to a lease. Not for a hypervisor: see <see cref="MachineFrames"/>.</summary>
    /// <remarks>Registers the page for the call, unless it is registered; a page that several threads put or get should be.</remarks>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="page">The lease whose first 4,096 bytes are written.</param>
    /// <returns>1 if it was there; see <see cref="GetResult"/> for the rest.</returns>
    /// <exception cref="ArgumentException">The lease is shorter than a page.</exception>
    /// <exception cref="InvalidOperationException">The client was made without guest memory.</exception>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public long Get(int poolId, ObjectId objectId, uint index, HypercallBuffer page)
    {
        LockedBlock block = Hold(page);
        try
        {
            return DangerousGet(poolId, objectId, index, block.Address);
        }
        finally
        {
            block.Release();
        }
    }

    /// <summary>Copies a page out of a pool, to an address. Not for a hypervisor: see <see cref="MachineFrames"/>.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <param name="page">The address of 4,096 bytes, a multiple of 4,096. Must be pinned until the call has returned.</param>
    /// <returns>1 if it was there; see <see cref="GetResult"/> for the rest.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is zero, or no multiple of 4,096.</exception>
    /// <exception cref="InvalidOperationException">The client was made without guest memory.</exception>
    public long DangerousGet(int poolId, ObjectId objectId, uint index, [PinnedBuffer(MinimumBytes = 4096, IsWritten = true)] nint page)
    {
        using GuestRegistration? lent = Lend(page);
        return Get(poolId, objectId, index, (ulong)page / GuestMemory.FrameBytes);
    }

    /// <summary>Removes a page.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The index of the page.</param>
    /// <returns>1, whether or not it was there; see <see cref="FlushResult"/>.</returns>
    public long FlushPage(int poolId, ObjectId objectId, uint index) =>
        _ops.FlushPage(new FlushPageOp { PoolId = poolId, Object = objectId, Index = index });

    /// <summary>Removes all pages of an object.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="objectId">The object.</param>
    /// <returns>1, whether or not there were any; see <see cref="FlushResult"/>.</returns>
    public long FlushObject(int poolId, ObjectId objectId) =>
        _ops.FlushObject(new FlushObjectOp { PoolId = poolId, Object = objectId });

    private static LockedBlock Hold(HypercallBuffer page) => page.LengthBytes >= GuestMemory.FrameBytes
        ? page.Hold()
        : throw new ArgumentException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The lease has {page.LengthBytes} bytes; a page needs {GuestMemory.FrameBytes}."),
            nameof(page));

    private GuestRegistration? Lend(nint page)
    {
        if (_memory is null)
        {
            throw new InvalidOperationException(
                "Pages can be named by their memory only where the client was given the port's GuestMemory; a hypervisor "
                + "takes them by MachineFrames.");
        }

        if (page == 0 || page % GuestMemory.FrameBytes != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(page), page, $"A page begins at a multiple of {GuestMemory.FrameBytes} other than zero.");
        }

        return _memory.Lend(page, GuestMemory.FrameBytes);
    }
}
