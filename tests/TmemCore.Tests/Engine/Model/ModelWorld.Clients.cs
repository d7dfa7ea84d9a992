using TmemCore.Store;

namespace TmemCore.Tests.Engine.Model;

internal sealed partial class ModelWorld
{
    private static readonly PoolKind[] s_kinds = [PoolKind.Ephemeral, PoolKind.Retaining, PoolKind.Persistent, PoolKind.Shared];

    private (TmemClient Client, ModelClient Model) Reach(int number)
    {
        if (_clients[number] is null)
        {
            bool isCapped = number == CappedClient;
            _clients[number] = CreateClient(new TmemClientOptions
            {
                Id = number,
                PersistentAllowanceBytes = isCapped ? CappedPages * TmemPool.PageBytes : long.MaxValue,
                PersistentReservationBytes = number == ReservingClient && !_isExact ? ReservedBytes : 0,
            });
            _modelClients[number] = new ModelClient(isCapped ? CappedPages : long.MaxValue);
        }

        return (_clients[number]!, _modelClients[number]!);
    }

    /// <summary>A reservation may be refused while others hold too much; the client then comes without one.</summary>
    private TmemClient CreateClient(TmemClientOptions options)
    {
        try
        {
            return _host.CreateClient(options);
        }
        catch (InsufficientMemoryException) when (options.PersistentReservationBytes != 0)
        {
            KillOthersPersistentPools();
            return _host.CreateClient(options);
        }
    }

    private void KillOthersPersistentPools()
    {
        for (int client = 0; client < ModelOp.Clients; client++)
        {
            for (int slot = 0; slot < ModelOp.Slots; slot++)
            {
                if (_pools[client, slot] is PersistentPool)
                {
                    LeavePool(client, slot);
                }
            }
        }
    }

    /// <summary>The pool in a slot, made now when there is none: what it becomes depends on the step.</summary>
    private (TmemPool Pool, ModelPool Model) ReachPool(ModelOp op)
    {
        (TmemClient client, ModelClient model) = Reach(op.Client);
        if (_pools[op.Client, op.Slot] is null)
        {
            PoolKind kind = s_kinds[(op.Count + op.Slot) % s_kinds.Length];
            PoolUuid uuid = kind == PoolKind.Shared ? new PoolUuid(1 + ((ulong)op.Object % 2), 0) : default;
            TmemPool pool = Create(client, kind, uuid);
            CompareEvictions();

            // The store gives the lowest free id; the steps name slots. Which is which matters to nobody.
            _pools[op.Client, op.Slot] = pool;
            _model.AddPool(model, op.Slot, kind, uuid);
        }

        return (_pools[op.Client, op.Slot]!, model.Pools[op.Slot]!);
    }

    private static TmemPool Create(TmemClient client, PoolKind kind, PoolUuid uuid) => kind switch
    {
        PoolKind.Ephemeral => client.CreateEphemeralPool(),
        PoolKind.Retaining => client.CreateRetainingPool(),
        PoolKind.Persistent => client.CreatePersistentPool(),
        _ => client.Join(uuid),
    };

    private void LeavePool(int client, int slot)
    {
        _pools[client, slot]?.Dispose();
        _pools[client, slot] = null;
        if (_modelClients[client] is ModelClient model)
        {
            _model.LeavePool(model, slot);
        }
    }

    private void KillClient(int number)
    {
        _clients[number]!.Dispose();
        for (int slot = 0; slot < ModelOp.Slots; slot++)
        {
            LeavePool(number, slot);
        }

        _clients[number] = null;
        _modelClients[number] = null;
    }

    private void SetFrozen(TmemClient client, ModelClient model, bool isFrozen)
    {
        model.IsFrozen = isFrozen;
        if (isFrozen)
        {
            _host.Control.Freeze(client);
        }
        else
        {
            _host.Control.Thaw(client);
        }
    }

    private void BeginSave(TmemClient client, ModelClient model, bool isLive)
    {
        Store.BeginSave(client.Slots.Number, isLive);
        model.WasFrozen = model.IsSaving && !_isExact ? model.WasFrozen : model.IsFrozen;
        model.IsSaving = true;
        model.IsFrozen = true;
        model.IsMigrating = isLive;
    }

    private void EndSave(TmemClient client, ModelClient model)
    {
        Require("changes noted", model.Changes, Store.Client(client.Slots.Number).Changes.Count);
        Store.EndSave(client.Slots.Number);
        model.IsFrozen = model.WasFrozen;
        model.IsSaving = false;
        model.IsMigrating = false;
        model.Changes = 0;
    }
}
