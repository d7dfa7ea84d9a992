using TmemCore.Abi;
using TmemCore.Store;

namespace TmemCore.Dispatch;

/// <summary>
/// The engine as the tmem ABI sees it: callers are numbers, pools are small numbers, answers are the ABI's. A client comes
/// into being with its first call. Thread-safe, as the host is.
/// </summary>
/// <remarks>
/// Who the caller is comes from whoever carries the call, never from the call itself. <see cref="Control"/>,
/// <see cref="Authorize"/>, <see cref="RestoreNewPool"/> and <see cref="RestoreFlushPage"/> are for privileged callers: that
/// check is the carrier's.
/// </remarks>
public sealed partial class TmemDispatcher
{
    /// <summary>The client number that stands for all clients.</summary>
    public const int AllClients = 0xffff;

    /// <summary>The version of the interface that pool flags carry in bits 24 to 31.</summary>
    public const int SpecificationVersion = 1;

    private const uint PersistentFlag = (uint)TmemPoolFlags.Persistent;
    private const uint SharedFlag = (uint)TmemPoolFlags.Shared;
    private const uint PrecompressedFlag = (uint)TmemPoolFlags.Precompressed;
    private const uint PageSizeMask = (uint)TmemPoolFlags.PageSizeMask;
    private const uint ReservedMask = (uint)TmemPoolFlags.ReservedMask;
    private const uint VersionMask = (uint)TmemPoolFlags.VersionMask;
    private const uint Version1Flag = (uint)TmemPoolFlags.Version1;

    private readonly TmemHost _host;
    private readonly TmemClientOptions _terms;
    private readonly HashSet<int> _domains;

    /// <summary>Puts the ABI's face on a host.</summary>
    /// <param name="host">The host, which stays the caller's to dispose.</param>
    /// <param name="terms">What each client gets when it comes into being; its id is set by the dispatcher. The defaults when null.</param>
    public TmemDispatcher(TmemHost host, TmemClientOptions? terms = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
        _terms = terms ?? new TmemClientOptions();
        _domains = [];
        Generation = AbiGeneration.V1Hypercall;
    }

    private TmemDispatcher(TmemDispatcher other, AbiGeneration generation)
    {
        _host = other._host;
        _terms = other._terms;
        _domains = other._domains;
        Generation = generation;
    }

    /// <summary>The generation of the ABI whose rules and answers apply: that of Xen 4.0.2 to 4.5, unless another was asked for.</summary>
    public AbiGeneration Generation { get; }

    internal PageStore Store => _host.Store;

    private bool IsOfVersion0 => Generation <= AbiGeneration.V0Aug2009;

    /// <summary>The same host, domains and clients by the rules of another generation, for callers that speak it.</summary>
    /// <param name="generation">The generation.</param>
    /// <returns>A dispatcher; this one if the generation is its own.</returns>
    public TmemDispatcher WithGeneration(AbiGeneration generation)
    {
        // The ABI's own type tells a generation that does not exist by name and value.
        AbiGeneration known = new TmemAbi(generation).Generation;
        return known == Generation ? this : new TmemDispatcher(this, known);
    }

    /// <summary>Tells that a domain exists; it becomes a client with its first call.</summary>
    /// <param name="domain">Its number, 0 to 65,534.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not one of a domain.</exception>
    public void AddDomain(int domain)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(domain);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(domain, AllClients);
        lock (Store.Control)
        {
            _domains.Add(domain);
        }
    }

    /// <summary>Tells that a domain has died: its client goes. It may come back as a new one.</summary>
    /// <param name="domain">Its number.</param>
    /// <returns>0, or -1 when the domain was never added.</returns>
    public long RemoveDomain(int domain)
    {
        TmemClient? client;
        lock (Store.Control)
        {
            if (!_domains.Contains(domain))
            {
                return TmemError.NotPermitted;
            }

            _host.TryGetClient(domain, out client);
        }

        client?.Dispose();
        return 0;
    }

    /// <summary>NEW_POOL (command 1): makes a pool or joins a shared one.</summary>
    /// <param name="caller">The domain that calls.</param>
    /// <param name="uuid">The pool's name.</param>
    /// <param name="flags">Bit 0 persistent, bit 1 shared, bits 4 to 7 page size, bits 24 to 31 version.</param>
    /// <returns>The pool id, or a negative error.</returns>
    public long NewPool(int caller, PoolUuid uuid, uint flags)
    {
        TmemClient? client = Reach(caller);
        return Store.CountControlOperation(client is null ? TmemError.NoMemory : AddPool(client, uuid, flags, slot: -1));
    }

    /// <summary>DESTROY_POOL (command 2).</summary>
    /// <param name="caller">The domain that calls.</param>
    /// <param name="pool">The pool id.</param>
    /// <returns>1, or 0 when there is no such pool; the generation of May 2009 answers that with an error.</returns>
    public long DestroyPool(int caller, int pool)
    {
        bool isGone = TryFind(Reach(caller), pool, out PoolHandle handle) && Store.LeavePool(handle);
        long absent = Generation == AbiGeneration.V0May2009 ? TmemError.NoDevice : 0;
        return Store.CountControlOperation(isGone ? 1 : absent);
    }

    /// <summary>PUT_PAGE (command 4).</summary>
    /// <typeparam name="TSource">A struct, so that the call is direct.</typeparam>
    /// <param name="caller">The domain that calls.</param>
    /// <param name="pool">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="source">Where the page comes from.</param>
    /// <returns>1, or a negative error.</returns>
    public long PutPage<TSource>(int caller, int pool, in ObjectId objectId, uint index, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct =>
        TryFind(Reach(caller), pool, out PoolHandle handle)
            ? (long)Store.Put(handle, objectId, index, ref source)
            : RefuseNoPool(caller);

    /// <summary>GET_PAGE (command 5).</summary>
    /// <typeparam name="TTarget">A struct, so that the call is direct.</typeparam>
    /// <param name="caller">The domain that calls.</param>
    /// <param name="pool">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <param name="target">Where the page goes.</param>
    /// <returns>1, 0 for a miss, or a negative error.</returns>
    public long GetPage<TTarget>(int caller, int pool, in ObjectId objectId, uint index, scoped ref TTarget target)
        where TTarget : IPageTarget, allows ref struct =>
        TryFind(Reach(caller), pool, out PoolHandle handle)
            ? (long)Store.Get(handle, objectId, index, ref target)
            : RefuseNoPool(caller);

    /// <summary>FLUSH_PAGE (command 6).</summary>
    /// <param name="caller">The domain that calls.</param>
    /// <param name="pool">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <returns>1, or a negative error; the page is gone when the error is that the client is frozen.</returns>
    public long FlushPage(int caller, int pool, in ObjectId objectId, uint index) =>
        TryFind(Reach(caller), pool, out PoolHandle handle)
            ? (long)Store.FlushPage(handle, objectId, index)
            : RefuseNoPool(caller);

    /// <summary>FLUSH_OBJECT (command 7).</summary>
    /// <param name="caller">The domain that calls.</param>
    /// <param name="pool">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <returns>1, or a negative error; the object is gone when the error is that the client is frozen.</returns>
    public long FlushObject(int caller, int pool, in ObjectId objectId) =>
        TryFind(Reach(caller), pool, out PoolHandle handle)
            ? (long)Store.FlushObject(handle, objectId)
            : RefuseNoPool(caller);

    /// <summary>Any command number that does not exist.</summary>
    /// <param name="caller">The domain that calls.</param>
    /// <param name="pool">The pool id; it is checked first.</param>
    /// <returns>A negative error; the generations of 2009 answer 0 when there is such a pool.</returns>
    public long Unknown(int caller, int pool) =>
        TryFind(Reach(caller), pool, out _)
            ? Store.CountControlOperation(IsOfVersion0 ? 0 : TmemError.NotImplemented)
            : RefuseNoPool(caller);

    /// <summary>Counts a call that is refused before anything is looked up: no client comes into being by it.</summary>
    internal long Refuse(long answer) => Store.CountControlOperation(answer);

    /// <summary>There is no such pool, or no memory was found for the caller's records.</summary>
    private long RefuseNoPool(int caller) =>
        Store.CountControlOperation(_host.TryGetClient(caller, out _) ? TmemError.NoDevice : TmemError.NoMemory);

    /// <summary>The caller's client, made now if this is its first call; null when there is no room for it.</summary>
    private TmemClient? Reach(int caller)
    {
        if (_host.TryGetClient(caller, out TmemClient? client))
        {
            return client;
        }

        lock (Store.Control)
        {
            return _host.TryGetClient(caller, out client) ? client : TryCreate(caller);
        }
    }

    private TmemClient? TryCreate(int domain)
    {
        if (_host.IsArriving(domain))
        {
            return null;
        }

        try
        {
            return _host.CreateClient(_terms with { Id = domain });
        }
        catch (Exception e) when (e is InsufficientMemoryException or InvalidOperationException and not ObjectDisposedException)
        {
            return null;
        }
    }

    private static bool TryFind(TmemClient? client, int pool, out PoolHandle handle)
    {
        // Of a client that is paused, too: it is the call that waits.
        ulong token = client is null || (uint)pool >= ClientRecord.PoolSlots ? 0 : client.Slots.TokenOf(pool);
        handle = token == 0 ? default : new PoolHandle(client!.Slots, pool, token);
        return token != 0;
    }

    private bool IsPossible(uint flags)
    {
        if (IsOfVersion0)
        {
            return (flags & VersionMask) == 0 && (flags & PageSizeMask) == 0;
        }

        bool isBoth = (flags & (PersistentFlag | SharedFlag)) == (PersistentFlag | SharedFlag);
        return (flags & VersionMask) == Version1Flag
            && (flags & (PageSizeMask | PrecompressedFlag | ReservedMask)) == 0
            && !(isBoth && Generation >= AbiGeneration.V1Sysctl46);
    }

    private long AddPool(TmemClient client, PoolUuid uuid, uint flags, int slot)
    {
        if (!IsPossible(flags))
        {
            return TmemError.NotPermitted;
        }

        using (Store.EnterUnpaused(client.Slots))
        {
            Store.RequireLive();
            if (client.Slots.IsGone || client.Slots.IsClosed)
            {
                return TmemError.NoDevice;
            }

            bool isShared = (flags & SharedFlag) != 0
                && uuid != PoolUuid.Private
                && Store.IsAuthorized(client.Slots, uuid);
            PoolKind kind = ((flags & PersistentFlag) != 0 ? PoolKind.Persistent : PoolKind.Ephemeral)
                | (isShared ? PoolKind.Shared : PoolKind.Ephemeral);
            JoinResult result = Store.AddPool(client.Slots, kind, uuid, slot, out PoolHandle handle);
            return result switch
            {
                JoinResult.Created or JoinResult.Joined => handle.Slot,
                JoinResult.OutOfMemory => TmemError.NoMemory,
                _ => TmemError.NotPermitted,
            };
        }
    }
}
