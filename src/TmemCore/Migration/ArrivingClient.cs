using System.Globalization;
using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>
/// A client that is made of a save stream. Nobody can reach it before <see cref="Publish"/>; when it is disposed without that, nothing of it is left.
/// </summary>
internal sealed class ArrivingClient(TmemHost host, RestoreOptions options) : ISaveStreamSink, IDisposable
{
    private readonly PoolHandle?[] _pools = new PoolHandle?[ClientRecord.PoolSlots];
    private readonly bool[] _arePersistent = new bool[ClientRecord.PoolSlots];
    private ClientSlots? _slots;
    private string? _name;
    private bool _isPublished;

    private PageStore Store => host.Store;

    public void Begin(ClientImage client)
    {
        // A name that is nothing but the id is not kept where the id is not.
        bool isNamedById = client.Name == client.Id.ToString(CultureInfo.InvariantCulture);
        _name = options.Name ?? (isNamedById ? null : client.Name);
        TmemClientOptions terms = client.Terms() with { Id = options.Id };
        terms = terms with
        {
            PersistentAllowanceBytes = options.PersistentAllowanceBytes ?? terms.PersistentAllowanceBytes,
            PersistentReservationBytes = options.PersistentReservationBytes ?? terms.PersistentReservationBytes,
        };
        lock (Store.Control)
        {
            _slots = host.BeginArrival(terms);
            foreach (PoolUuid uuid in options.Grants)
            {
                if (!Store.TryAuthorize(_slots, uuid))
                {
                    throw new ArgumentException(
                        $"{nameof(RestoreOptions.Grants)} has {options.Grants.Count} uuids; a client has {ClientRecord.AuthorizationSlots} grants at most.", nameof(options));
                }
            }
        }
    }

    public void AddPool(in PoolImage pool)
    {
        lock (Store.Control)
        {
            if (pool.Kind == PoolKind.Shared && !TryAllowSharing(pool))
            {
                return;
            }

            JoinResult result = Store.AddPool(_slots!, pool.Kind, pool.Uuid, pool.Id, out PoolHandle handle);
            if (result is not (JoinResult.Created or JoinResult.Joined))
            {
                throw RefusalOf(result, pool);
            }

            _pools[pool.Id] = handle;
            _arePersistent[pool.Id] = pool.IsPersistent;
            if (pool.Kind == PoolKind.Shared && Store.Pool(handle.Pool).IsPersistent)
            {
                throw RefusalOf(JoinResult.PersistentPool, pool);
            }
        }

        ChangePool(pool);
    }

    public void ChangePool(in PoolImage pool)
    {
        // A shared pool that others have made follows them.
        if (_pools[pool.Id] is PoolHandle handle && (pool.Kind != PoolKind.Shared || IsOwner(handle)))
        {
            Store.TrySetCompression(handle, pool.Compression);
        }
    }

    public void DropPool(int slot)
    {
        if (_pools[slot] is PoolHandle handle)
        {
            Store.LeavePool(handle);
            _pools[slot] = null;
        }
    }

    public void PutPage(int slot, in ObjectId objectId, uint index, in PackedForm form, ReadOnlySpan<byte> data, ReadOnlySpan<byte> page)
    {
        PutResult result = Store.PutForm(_pools[slot]!.Value, objectId, index, form, data, page);
        if (result != PutResult.Stored)
        {
            throw result == PutResult.Frozen
                ? new InvalidOperationException($"Client {_slots!.Id} was frozen while it was restored.")
                : NoRoom(slot, objectId, index);
        }
    }

    public void DropPage(int slot, in ObjectId objectId, uint index) => Store.FlushPage(_pools[slot]!.Value, objectId, index);

    public long? CountPages()
    {
        long pages = 0;
        for (int slot = 0; slot < _pools.Length; slot++)
        {
            pages += _pools[slot] is PoolHandle handle && _arePersistent[slot] ? Store.PagesOf(handle) : 0;
        }

        return pages;
    }

    public void Finish(ClientImage client)
    {
        lock (Store.Control)
        {
            uint number = _slots!.Number;
            Store.SetWeight(number, client.Weight);
            Store.SetCap(number, client.CapBytes);
            Store.SetCompression(number, client.Compression);
            Store.SetCompress(number, client.Compresses);
            Store.SetFrozen(number, client.IsFrozen);
        }
    }

    /// <summary>Lets everybody use the client.</summary>
    public TmemClient Publish()
    {
        TmemClient client = host.EndArrival(_slots!, _name);
        _isPublished = true;
        return client;
    }

    public void Dispose()
    {
        if (_slots is not null && !_isPublished)
        {
            host.AbandonArrival(_slots);
        }
    }

    private bool IsOwner(in PoolHandle handle)
    {
        lock (Store.Control)
        {
            return Store.Pool(handle.Pool).Owner == _slots!.Number;
        }
    }

    /// <summary>Whether a shared pool is to be joined; false when it is to be left out.</summary>
    private bool TryAllowSharing(in PoolImage pool)
    {
        if (options.LeavesOutSharedPools)
        {
            return false;
        }

        return Store.IsAuthorized(_slots!, pool.Uuid) ? true : throw RefusalOf(JoinResult.NotAuthorized, pool);
    }

    private Exception RefusalOf(JoinResult result, in PoolImage pool) => result switch
    {
        JoinResult.NotAuthorized => new InvalidOperationException(
            $"Pool {pool.Id} is the shared pool {pool.Uuid}, and the client has no grant for it: name it in {nameof(RestoreOptions.Grants)}, or set {nameof(RestoreOptions.LeavesOutSharedPools)}."),
        JoinResult.PersistentPool => new InvalidOperationException($"Pool {pool.Id} is the shared pool {pool.Uuid}, which is persistent in this host."),
        JoinResult.TooManyPools => new InvalidOperationException(
            $"Pool {pool.Id} cannot be: a client of this host has {host.Options.MaxPoolsPerClient} pools at most ({nameof(TmemHostOptions.MaxPoolsPerClient)})."),
        JoinResult.TooManySharedPools => new InvalidOperationException(
            $"Pool {pool.Id} cannot be: the host has all of its shared pools ({nameof(TmemHostOptions.MaxSharedPools)})."),
        _ => new InsufficientMemoryException($"The host has no room for the records of pool {pool.Id}."),
    };

    private InsufficientMemoryException NoRoom(int slot, in ObjectId objectId, uint index)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            ref ClientRecord record = ref Store.Client(_slots!.Number);
            return new InsufficientMemoryException(string.Create(
                CultureInfo.InvariantCulture,
                $"There is no room for page {index} of object {objectId} of pool {slot}: the client's persistent pages take {record.PersistentBytes:N0} bytes of the {record.AllowanceBytes:N0} that it may have, and the host holds {host.CommittedBytes:N0} of {host.CapacityBytes:N0}."));
        }
    }
}
