using TmemCore.Abi;
using TmemCore.Hypercalls;
using TmemCore.Wire;

namespace TmemCore.Server;

/// <summary>Control operations of one connection. Its own list is for every client; all else is for those who may control.</summary>
internal sealed class ControlCalls(TmemClient client, TmemHost host, bool mayControl) : ControlOps.IHandler
{
    private const int MibShift = 20;
    private const int KibShift = 10;

    /// <summary>The text of the last list.</summary>
    public string Text { get; set; } = "";

    /// <inheritdoc/>
    public long OnThaw(in ThawOp op) => ForEach(op.ClientId, host.Control.Thaw);

    /// <inheritdoc/>
    public long OnFreeze(in FreezeOp op) => ForEach(op.ClientId, host.Control.Freeze);

    /// <summary>Ends clients, as the operation's name says and the original's does not.</summary>
    public long OnDestroy(in DestroyOp op) => ForEach(op.ClientId, host.Control.Destroy);

    /// <inheritdoc/>
    public long OnFlush(in FlushOp op) =>
        mayControl && op.ClientId == HypercallControl.AllClients
            ? host.Control.GiveBack((long)op.SizeKib << KibShift) >> KibShift
            : -Errno.EPERM;

    /// <inheritdoc/>
    public long OnSetWeight(in SetWeightOp op)
    {
        uint weight = op.Value;
        return weight > int.MaxValue ? -Errno.EINVAL : ForEach(op.ClientId, one => host.Control.SetWeight(one, (int)weight));
    }

    /// <inheritdoc/>
    public long OnSetCap(in SetCapOp op)
    {
        long capBytes = (long)op.Value << MibShift;
        return ForEach(op.ClientId, one => host.Control.SetCap(one, capBytes));
    }

    /// <inheritdoc/>
    public long OnSetCompress(in SetCompressOp op)
    {
        bool isOn = op.Value != 0;
        return ForEach(op.ClientId, one => host.Control.SetCompression(one, isOn));
    }

    /// <inheritdoc/>
    public long OnQueryFreeable(in QueryFreeableOp op) => mayControl ? host.Control.FreeableBytes >> MibShift : -Errno.EPERM;

    /// <inheritdoc/>
    public long OnList(in ListOp op)
    {
        if (!mayControl && op.ClientId != (uint)client.Id)
        {
            return -Errno.EPERM;
        }

        bool isLong = op.LongForm != 0;
        if (op.ClientId == HypercallControl.AllClients)
        {
            Text = Whole(host.Control.List(isLong));
            return 0;
        }

        return ForOne(op.ClientId, one => Text = Whole(host.Control.List(one, isLong)));
    }

    /// <summary>Tells what the host holds and how far it may go.</summary>
    public long QueryMemory()
    {
        if (!mayControl)
        {
            return -Errno.EPERM;
        }

        Text = WireMemory.Write(host.GetStatistics().Memory);
        return 0;
    }

    /// <summary>Grants the sharing of a pool or takes it back.</summary>
    public long Authorize(uint clientId, PoolUuid uuid, uint flag)
    {
        if (!mayControl)
        {
            return -Errno.EPERM;
        }

        if (flag > 1)
        {
            return -Errno.EINVAL;
        }

        if (clientId == HypercallControl.AllClients)
        {
            host.Control.GrantSharingToAll(flag == 1);
            return 1;
        }

        long answer = 0;
        long found = ForOne(clientId, one => answer = flag == 1
            ? host.Control.TryGrantSharing(one, uuid) ? 1 : -Errno.ENOMEM
            : host.Control.RevokeSharing(one, uuid) ? 1 : 0);
        return found < 0 ? found : answer;
    }

    /// <inheritdoc/>
    public long OnSaveBegin(in SaveBeginOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetVersion(in SaveGetVersionOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetMaxPools(in SaveGetMaxPoolsOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetClientWeight(in SaveGetClientWeightOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetClientCap(in SaveGetClientCapOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetClientFlags(in SaveGetClientFlagsOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetPoolFlags(in SaveGetPoolFlagsOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetPoolPageCount(in SaveGetPoolPageCountOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetPoolUuid(in SaveGetPoolUuidOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetNextPage(in SaveGetNextPageOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveGetNextInvalidated(in SaveGetNextInvalidatedOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSaveEnd(in SaveEndOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnRestoreBegin(in RestoreBeginOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnRestorePutPage(in RestorePutPageOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnRestoreFlushPage(in RestoreFlushPageOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnGetClientInfo(in GetClientInfoOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSetClientInfo(in SetClientInfoOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnGetPools(in GetPoolsOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSetPools(in SetPoolsOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnSetAuth(in SetAuthOp op) => -Errno.ENOSYS;

    /// <inheritdoc/>
    public long OnUnknownControl(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => -Errno.ENOSYS;

    /// <summary>Whole lines, as many as an answer may have.</summary>
    private static string Whole(string text) => text.Length <= WireFrame.MaximumAnswerBytes
        ? text
        : text[..(text.LastIndexOf('\n', WireFrame.MaximumAnswerBytes - 1) + 1)];

    private long ForEach(uint clientId, Action<TmemClient> act)
    {
        if (!mayControl)
        {
            return -Errno.EPERM;
        }

        if (clientId != HypercallControl.AllClients)
        {
            return ForOne(clientId, act);
        }

        foreach (TmemClient one in host.Control.GetClients())
        {
            TryAct(one, act);
        }

        return 0;
    }

    private long ForOne(uint clientId, Action<TmemClient> act) =>
        clientId < TmemHostOptions.MaximumClients && host.TryGetClient((int)clientId, out TmemClient? one) && TryAct(one, act)
            ? 0
            : -Errno.ENOENT;

    /// <summary>False when the client has gone meanwhile.</summary>
    private static bool TryAct(TmemClient one, Action<TmemClient> act)
    {
        try
        {
            act(one);
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
