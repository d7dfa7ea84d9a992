using TmemCore.Abi;
using TmemCore.Store;

namespace TmemCore.Dispatch;

/// <summary>Saving a client and restoring one, for privileged callers.</summary>
public sealed partial class TmemDispatcher
{
    /// <summary>Whether control is the sysctl of Xen 4.8 to 4.12, which answers otherwise.</summary>
    private bool IsLastControl => Generation == AbiGeneration.V1Sysctl48;

    /// <summary>SAVE_GET_NEXT_PAGE: each page of a persistent pool once, from the begin of a save on.</summary>
    /// <param name="client">The client.</param>
    /// <param name="pool">The pool id.</param>
    /// <param name="target">Takes the page and its handle; a page that it does not take comes again.</param>
    /// <returns>1, -1 behind the last page or when there is no such persistent pool, -12 without room, or -14.</returns>
    internal long SaveNextPage<TTarget>(int client, int pool, scoped ref TTarget target)
        where TTarget : ISavedPageTarget, allows ref struct
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            return TryFind(client, pool, out PoolHandle handle) && Store.Pool(handle.Pool).IsPersistent && !Store.IsTracked(handle.Client)
                ? Store.SaveNextPage(handle, ref target) switch
                {
                    SavedPage.Taken => 1,
                    SavedPage.Refused => TmemError.Fault,
                    SavedPage.NoRoom => CountControl(TmemError.NoMemory),
                    _ => CountControl(TmemError.NotPermitted),
                }
                : CountControl(TmemError.NotPermitted);
        }
    }

    /// <summary>SAVE_GET_NEXT_INV: the handles of pages that went since the save began, in order, each once.</summary>
    /// <param name="client">The client.</param>
    /// <param name="write">Takes the handle; one that it does not take comes again.</param>
    /// <returns>1, 0 behind the last, -14, or -12 behind the last when not all could be noted for want of memory.</returns>
    internal long SaveNextInvalidated(int client, Func<TmemHandle, bool> write)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            if (!TryFind(client, out TmemClient? found))
            {
                return CountControl(0);
            }

            uint number = found.Slots.Number;
            if (Store.IsTracked(found.Slots))
            {
                return CountControl(TmemError.NotPermitted);
            }

            if (!Store.TryPeekChange(number, out PageChange change, out bool isIncomplete))
            {
                return CountControl(isIncomplete ? TmemError.NoMemory : 0);
            }

            var handle = new TmemHandle { PoolId = change.PoolId, Index = change.Index, Object = change.ObjectId };
            if (!write(handle))
            {
                return CountControl(TmemError.Fault);
            }

            Store.PassChange(number);
            return CountControl(1);
        }
    }

    /// <summary>RESTORE_PUT_PAGE: as a put by the client itself.</summary>
    internal long RestorePutPage<TSource>(int client, int pool, in ObjectId objectId, uint index, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct =>
        TryFind(client, pool, out PoolHandle handle)
            ? DiscountPage((long)Store.Put(handle, objectId, index, ref source))
            : CountControl(TmemError.NotPermitted);

    private long BeginSave(int client, bool isLive)
    {
        if (TryFind(client, out TmemClient? found))
        {
            if (Store.IsTracked(found.Slots))
            {
                return TmemError.NotPermitted;
            }

            for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
            {
                if (found.Slots.TokenOf(slot) != 0)
                {
                    Store.BeginSave(found.Slots.Number, isLive);
                    return IsLastControl ? 0 : 1;
                }
            }
        }

        return IsLastControl ? TmemError.NoEntry : 0;
    }

    private long EndSave(int client)
    {
        if (!TryFind(client, out TmemClient? found))
        {
            return IsLastControl ? TmemError.NoEntry : TmemError.NotPermitted;
        }

        if (Store.IsTracked(found.Slots))
        {
            return TmemError.NotPermitted;
        }

        Store.EndSave(found.Slots.Number);
        return 0;
    }

    private long BeginRestore(int client)
    {
        if (_host.TryGetClient(client, out _))
        {
            return IsLastControl ? TmemError.Exists : TmemError.NotPermitted;
        }

        if (!_domains.Contains(client) || TryCreate(client) is null)
        {
            return IsLastControl ? TmemError.NoMemory : TmemError.NotPermitted;
        }

        return IsLastControl ? 0 : 1;
    }
}
