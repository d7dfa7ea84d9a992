using System.Diagnostics.CodeAnalysis;
using TmemCore.Abi;
using TmemCore.Store;

namespace TmemCore.Dispatch;

/// <summary>The privileged operations: control sub-operations, grants, restoring.</summary>
public sealed partial class TmemDispatcher
{
    private const int PageKib = 4;
    private const int PagesPerMib = 256;

    /// <summary>The original notes caps and does nothing with them; here they count in MiB, as what may be freed does.</summary>
    private const int MibShift = 20;
    private const uint CompressFlag = (uint)TmemSavedClientFlags.Compress;
    private const uint WasFrozenFlag = (uint)TmemSavedClientFlags.WasFrozen;
    private const long AllOnes = -2;

    /// <summary>CONTROL (command 0), the sub-operations that answer with a number.</summary>
    /// <param name="subop">The sub-operation, numbered as in releases 4.0 to 4.7 of the original.</param>
    /// <param name="pool">The pool id, where the sub-operation names a pool.</param>
    /// <param name="client">The client, or <see cref="AllClients"/>.</param>
    /// <param name="argument">The value to set, KiB to give back, or whether the save is live.</param>
    /// <returns>The answer, or a negative error.</returns>
    public long Control(int subop, int pool, int client, uint argument)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            return CountControl(AnswerControl(subop, pool, client, argument));
        }
    }

    /// <summary>CONTROL, sub-operation 18: the uuid that a pool was made with.</summary>
    /// <param name="client">The client.</param>
    /// <param name="pool">The pool id.</param>
    /// <param name="uuid">The uuid.</param>
    /// <returns>0, or a negative error.</returns>
    public long GetPoolUuid(int client, int pool, out PoolUuid uuid)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            bool isFound = TryFind(client, pool, out PoolHandle handle);
            uuid = isFound ? new PoolUuid(Store.Pool(handle.Pool).UuidLow, Store.Pool(handle.Pool).UuidHigh) : default;
            return CountControl(isFound ? 0 : TmemError.NotPermitted);
        }
    }

    /// <summary>CONTROL, sub-operation 4: statistics as text, in whole lines as far as the buffer holds them.</summary>
    /// <param name="client">The client, or <see cref="AllClients"/>.</param>
    /// <param name="bufferBytes">The caller's buffer, one byte of which is kept for the end of the text.</param>
    /// <param name="isLong">Whether to give every counter.</param>
    /// <param name="text">The lines.</param>
    /// <returns>0, or -1 when there is no such client.</returns>
    public long List(int client, int bufferBytes, bool isLong, out string text)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            TmemClient? found = null;
            bool isKnown = client == AllClients || TryFind(client, out found);
            long answer = CountControl(isKnown ? 0 : TmemError.NotPermitted);
            text = !isKnown ? "" : found is null ? _host.Control.List(isLong) : _host.Control.List(found, isLong);
            if (text.Length + 1 > bufferBytes)
            {
                int end = bufferBytes < 2 ? -1 : text.LastIndexOf('\n', bufferBytes - 2);
                text = text[..(end + 1)];
            }

            return answer;
        }
    }

    /// <summary>AUTH (command 101): grants the sharing of a uuid, or revokes it.</summary>
    /// <param name="client">The client, or <see cref="AllClients"/> to let everybody share.</param>
    /// <param name="uuid">The pool's name.</param>
    /// <param name="flag">0 revokes; anything else grants.</param>
    /// <returns>1, 0 when there was nothing to revoke, or a negative error.</returns>
    public long Authorize(int client, PoolUuid uuid, uint flag)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            return Store.CountControlOperation(AnswerAuthorize(client, uuid, flag));
        }
    }

    /// <summary>RESTORE_NEW (command 102): makes a pool with a given id for a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="pool">The pool id.</param>
    /// <param name="uuid">The pool's name.</param>
    /// <param name="flags">As for <see cref="NewPool"/>.</param>
    /// <returns>The pool id, or a negative error.</returns>
    public long RestoreNewPool(int client, int pool, PoolUuid uuid, uint flags)
    {
        long answer = TryFind(client, out TmemClient? found) && (uint)pool < ClientRecord.PoolSlots
            ? AddPool(found, uuid, flags, pool)
            : TmemError.NotPermitted;
        return Store.CountControlOperation(answer);
    }

    /// <summary>CONTROL, sub-operation 33: as a flush by the client itself.</summary>
    /// <param name="client">The client.</param>
    /// <param name="pool">The pool id.</param>
    /// <param name="objectId">The object.</param>
    /// <param name="index">The page's index in the object.</param>
    /// <returns>1, or a negative error.</returns>
    public long RestoreFlushPage(int client, int pool, in ObjectId objectId, uint index) =>
        TryFind(client, pool, out PoolHandle handle)
            ? DiscountPage((long)Store.FlushPage(handle, objectId, index))
            : CountControl(TmemError.NotPermitted);

    /// <summary>The sysctls of later releases do not count as tmem's operations.</summary>
    private long CountControl(long answer) =>
        Generation <= AbiGeneration.V1Hypercall ? Store.CountControlOperation(answer) : answer;

    /// <summary>Nor do the pages that they move, though the store has counted them.</summary>
    private long DiscountPage(long answer) =>
        Generation <= AbiGeneration.V1Hypercall ? answer : Store.DiscountOperation(answer);

    /// <summary>A client that lives: one that is dying is still known to the host, but its record may be another's at any moment.</summary>
    private bool TryFind(int client, [NotNullWhen(true)] out TmemClient? found) =>
        _host.TryGetClient(client, out found) && !found.Slots.IsGone;

    private bool TryFind(int client, int pool, out PoolHandle handle)
    {
        _host.TryGetClient(client, out TmemClient? found);
        return TryFind(found, pool, out handle);
    }

    private long AnswerControl(int subop, int pool, int client, uint argument) => (uint)subop switch
    {
        ThawOp.Number or DestroyOp.Number => ForEach(client, slots => Store.SetFrozen(slots.Number, false)),
        FreezeOp.Number => ForEach(client, slots => Store.SetFrozen(slots.Number, true)),
        FlushOp.Number => client == AllClients ? Store.GiveBack(((long)argument + PageKib - 1) / PageKib) * PageKib : TmemError.NotPermitted,
        SetWeightOp.Number => Set(client, slots => Store.SetWeight(slots.Number, argument)),
        SetCapOp.Number => Set(client, slots => Store.SetCap(slots.Number, (long)argument << MibShift)),
        SetCompressOp.Number => Set(client, slots => Store.SetCompress(slots.Number, argument != 0)),
        QueryFreeableOp.Number => Store.FreeableBytes() / TmemPool.PageBytes / PagesPerMib,
        SaveBeginOp.Number => BeginSave(client, argument != 0),
        SaveGetVersionOp.Number => IsOfVersion0 ? 0 : SpecificationVersion,
        SaveGetMaxPoolsOp.Number => ClientRecord.PoolSlots,
        SaveGetClientWeightOp.Number => Read(client, static record => AsAnswer(record.Weight)),
        SaveGetClientCapOp.Number => Read(client, static record => AsAnswer((uint)(record.CapBytes >> MibShift))),
        SaveGetClientFlagsOp.Number => Read(client, FlagsOf),
        SaveGetPoolFlagsOp.Number => TryFind(client, pool, out PoolHandle handle) ? FlagsOf(Store.Pool(handle.Pool)) : TmemError.NotPermitted,
        SaveGetPoolPageCountOp.Number => TryFind(client, pool, out PoolHandle handle) ? Store.PagesOf(handle) : TmemError.NotPermitted,
        SaveEndOp.Number => EndSave(client),
        RestoreBeginOp.Number => BeginRestore(client),
        _ => TmemError.NotPermitted,
    };

    /// <summary>A setting as the 32-bit answer that the original gives: all ones, which would read as an error of its own, is -2.</summary>
    private static long AsAnswer(uint value) => value == uint.MaxValue ? AllOnes : unchecked((int)value);

    private static long FlagsOf(ClientRecord record) =>
        ((record.Flags & ClientFlags.Compress) != 0 ? CompressFlag : 0)
        | ((record.Flags & ClientFlags.WasFrozen) != 0 ? WasFrozenFlag : 0);

    private long FlagsOf(in PoolRecord record) =>
        (record.IsPersistent ? PersistentFlag : 0)
        | (record.IsShared ? SharedFlag : 0)
        | (IsOfVersion0 ? 0 : Version1Flag);

    /// <summary>From Xen 4.5 on a setting for all clients is refused when there is none.</summary>
    private long Set(int client, Action<ClientSlots> change)
    {
        int changed = 0;
        long answer = ForEach(client, slots =>
        {
            change(slots);
            changed++;
        });
        return changed == 0 && Generation >= AbiGeneration.V1Sysctl46 ? TmemError.NotPermitted : answer;
    }

    private long ForEach(int client, Action<ClientSlots> change)
    {
        if (client == AllClients)
        {
            Store.VisitClients(number => change(new ClientSlots(number, (int)Store.Client(number).Id)));
            return 0;
        }

        if (!TryFind(client, out TmemClient? found))
        {
            return TmemError.NotPermitted;
        }

        change(found.Slots);
        return 0;
    }

    private long Read(int client, Func<ClientRecord, long> value) =>
        TryFind(client, out TmemClient? found)
            ? value(Store.Client(found.Slots.Number))
            : TmemError.NotPermitted;

    private long AnswerAuthorize(int client, PoolUuid uuid, uint flag)
    {
        if (client == AllClients)
        {
            Store.AuthorizeEveryone(flag != 0);
            return 1;
        }

        if (!TryFind(client, out TmemClient? found))
        {
            return TmemError.Invalid;
        }

        if (flag == 0)
        {
            return Store.Revoke(found.Slots, uuid) ? 1 : 0;
        }

        return Store.TryAuthorize(found.Slots, uuid) ? 1 : TmemError.NoMemory;
    }
}
