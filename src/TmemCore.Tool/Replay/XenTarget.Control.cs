using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Replay;

/// <summary>
/// A trace's control operations, which are those of Xen up to 4.5, in the form that the hypervisor wants. From 4.8 on several
/// of them are fields of a record; two are nowhere any more.
/// </summary>
internal sealed partial class XenTarget
{
    private const int PoolsMax = 16;

    private bool IsLater => _control.Interface.Form == ControlForm.SysctlWithLength;

    private bool HasGrantsByControl => _control.Interface.InterfaceVersion >= XenSysctl.InterfaceVersionOf49;

    /// <inheritdoc/>
    public long Control(int subop, int pool, int client, uint argument1, uint argument2)
    {
        var operation = (ControlSubOp)subop;
        if (!IsLater)
        {
            return _control.Control(pool, operation, (uint)client, argument1, argument2, 0UL, []);
        }

        return operation switch
        {
            // The arguments that the other forms have first are this one's second.
            ControlSubOp.Flush or ControlSubOp.SaveBegin =>
                _control.Control(pool, operation, (uint)client, 0, argument1, 0UL, []),
            ControlSubOp.SetWeight => Change(client, info => info with { Weight = argument1 }),
            ControlSubOp.SetCompress => Change(client, info => info with { Flags = Compress(info.Flags, argument1 != 0) }),
            ControlSubOp.SaveGetVersion => Ask(client: (int)HypercallControl.AllClients, static info => info.Version),
            ControlSubOp.SaveGetPoolsMax => Ask(client: (int)HypercallControl.AllClients, static info => info.MaxPools),
            ControlSubOp.SaveGetClientWeight => Ask(client, static info => info.Weight),
            ControlSubOp.SaveGetPoolFlags => AskPool(client, pool, static info => (long)info.Flags, out _),
            ControlSubOp.SaveGetPoolPageCount => AskPool(client, pool, static info => (long)info.PageCount, out _),
            ControlSubOp.SetCap or ControlSubOp.SaveGetClientCap or ControlSubOp.SaveGetClientFlags =>
                throw new NotSupportedException(
                    $"The trace has control operation {subop}, for which Xen 4.8 and later have no counterpart; this one is "
                    + $"controlled by {_control.Interface}."),
            _ => _control.Control(pool, operation, (uint)client, argument1, argument2, 0UL, []),
        };
    }

    /// <inheritdoc/>
    public long GetPoolUuid(int client, int pool, out PoolUuid uuid)
    {
        if (IsLater)
        {
            return AskPool(client, pool, static _ => 0, out uuid);
        }

        Span<byte> buffer = stackalloc byte[TmemPoolUuid.MaxSize];
        long answer = _control.Control(
            pool, ControlSubOp.SaveGetPoolUuid, (uint)client, (uint)buffer.Length, 0, 0UL, buffer);
        _ = TmemPoolUuid.TryRead(_abi, buffer, out TmemPoolUuid record);
        uuid = record.Value;
        return answer;
    }

    /// <inheritdoc/>
    public long Authorize(int client, PoolUuid uuid, uint flag) => HasGrantsByControl
        ? Send(ControlSubOp.SetAuthorization, client, new XenTmemPoolInfo
        {
            Uuid = uuid,
            Flags = flag != 0 ? TmemPoolFlags.Authorize : TmemPoolFlags.None,
        })
        : _ops.Auth(new AuthOp { ClientId = (uint)client, Uuid = uuid, Flags = flag });

    /// <inheritdoc/>
    public long RestoreNewPool(int client, int pool, PoolUuid uuid, uint flags)
    {
        if (!HasGrantsByControl)
        {
            return _ops.RestoreNew(
                new RestoreNewOp { ClientId = (uint)client, PoolId = pool, Uuid = uuid, Flags = (TmemPoolFlags)flags });
        }

        // The answer is the last id, or how many where that is 0.
        long answer = Send(
            ControlSubOp.SetPools,
            client,
            new XenTmemPoolInfo { Id = (uint)pool, Uuid = uuid, Flags = (TmemPoolFlags)flags });
        return answer < 0 ? answer : pool;
    }

    private static TmemClientFlags Compress(TmemClientFlags flags, bool isOn) =>
        isOn ? flags | TmemClientFlags.Compress : flags & ~TmemClientFlags.Compress;

    private long Send(ControlSubOp operation, int client, in XenTmemPoolInfo info)
    {
        Span<byte> record = stackalloc byte[XenTmemPoolInfo.MaxSize];
        int length = info.Write(_abi, record);
        return _control.Control(NoPool, operation, (uint)client, (uint)length, 0, 0UL, record[..length]);
    }

    private long Change(int client, Func<XenTmemClient, XenTmemClient> change)
    {
        // Asked for "all", the hypervisor shows zeros, and to write them back would change more than is meant.
        IEnumerable<uint> clients = client == HypercallControl.AllClients ? _control.GetClients() : [(uint)client];
        Span<byte> record = stackalloc byte[XenTmemClient.MaxSize];
        foreach (uint one in clients)
        {
            long answer = Record(ControlSubOp.GetClientInfo, one, record);
            _ = XenTmemClient.TryRead(_abi, record, out XenTmemClient info);
            change(info).Write(_abi, record);
            answer = answer < 0 ? answer : Record(ControlSubOp.SetClientInfo, one, record);
            if (answer < 0)
            {
                return answer;
            }
        }

        return 0;
    }

    private long Ask(int client, Func<XenTmemClient, long> field)
    {
        Span<byte> record = stackalloc byte[XenTmemClient.MaxSize];
        long answer = Record(ControlSubOp.GetClientInfo, (uint)client, record);
        _ = XenTmemClient.TryRead(_abi, record, out XenTmemClient info);
        return answer < 0 ? answer : field(info);
    }

    private long Record(ControlSubOp operation, uint client, Span<byte> record) =>
        _control.Control(NoPool, operation, client, (uint)record.Length, 0, 0UL, record);

    /// <summary>Looks a pool up among all of a client's; -1, as the older forms have it, where there is none.</summary>
    private long AskPool(int client, int pool, Func<XenTmemPoolInfo, long> field, out PoolUuid uuid)
    {
        var buffer = new byte[PoolsMax * XenTmemPoolInfo.MaxSize];
        long count = _control.Control(NoPool, ControlSubOp.GetPools, (uint)client, (uint)buffer.Length, 0, 0UL, buffer);
        for (int i = 0; i < Math.Min(count, PoolsMax); i++)
        {
            _ = XenTmemPoolInfo.TryRead(_abi, buffer.AsSpan(i * XenTmemPoolInfo.MaxSize), out XenTmemPoolInfo info);
            if (info.Id == (uint)pool)
            {
                uuid = info.Uuid;
                return field(info);
            }
        }

        uuid = default;
        return -Errno.EPERM;
    }
}
