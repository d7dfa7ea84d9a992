using System.Buffers.Binary;
using System.Text;
using TmemCore.Abi;
using TmemCore.Hypercalls;

namespace TmemCore.Tests.Hypercalls;

internal sealed partial class FakeXen
{
    private readonly Pool?[] _pools = new Pool?[16];

    /// <summary>The clients control knows: weight, compression, frozen.</summary>
    public SortedDictionary<uint, Client> Clients { get; } = [];

    /// <summary>What LIST writes, one line and more.</summary>
    public string Text { get; set; } = "G=Tt:1\n";

    /// <summary>What has been granted: client, uuid, the way it came.</summary>
    public List<(uint Client, PoolUuid Uuid, bool IsGranted, HypercallNumber Way)> Grants { get; } = [];

    /// <summary>The last control operation, decoded.</summary>
    public TmemOp.ControlArm LastControl { get; private set; }

    /// <summary>The pool that the last control operation named.</summary>
    public int LastPoolId { get; private set; }

    private long TmemOp(ulong address)
    {
        switch (Tmem)
        {
            case XenTmemState.Absent:
                return -Errno.ENOSYS;
            case XenTmemState.SwitchedOff:
                return -Errno.ENODEV;
            case XenTmemState.Refused:
                return -Errno.EPERM;
        }

        if (!TryGet(address, TmemCore.Abi.TmemOp.MaxSize, out Span<byte> bytes))
        {
            return -Errno.EFAULT;
        }

        if (HostPort is not null)
        {
            return CallHost(HypercallNumber.TmemOp, bytes);
        }

        if (!CallBytes.TryRead(HypercallNumber.TmemOp, bytes, out TmemOp op, out _))
        {
            return -Errno.EFAULT;
        }

        switch (op.Command)
        {
            case GuestOps.ControlCommand when Version.Minor >= 6:
            case AuthOp.Number when Version.Minor >= 9:
                return -Errno.EOPNOTSUPP;
            case GuestOps.ControlCommand:
                return Control(op);
            case AuthOp.Number:
                Grants.Add((op.Create.Argument1, op.Create.Uuid, op.Create.Flags == 1, HypercallNumber.TmemOp));
                return 1;
            case NewPoolOp.Number:
                int slot = Array.IndexOf(_pools, null);
                _pools[slot] = new Pool((op.Create.Flags & 1) != 0, []);
                return slot;
            case DestroyPoolOp.Number when (uint)op.PoolId < 16 && _pools[op.PoolId] is not null:
                _pools[op.PoolId] = null;
                return 1;
            case DestroyPoolOp.Number:
                return 0;
        }

        return (uint)op.PoolId < 16 && _pools[op.PoolId] is { } pool
            ? PageOp(op.Command, op.Generic, pool)
            : -Errno.ENODEV;
    }

    private long PageOp(uint command, in TmemOp.GenericArm op, Pool pool)
    {
        (ObjectId, uint) key = (op.Object, op.Index);
        switch (command)
        {
            case PutPageOp.Number:
                if (!_pageOfFrame.TryGetValue(op.Frame, out nint source))
                {
                    return -Errno.EFAULT;
                }

                pool.Pages[key] = Native.AsSpan(source, Native.PageBytes).ToArray();
                return 1;
            case GetPageOp.Number when pool.Pages.Count == 0:
                return -Errno.EEMPTY;
            case GetPageOp.Number:
                if (!pool.Pages.TryGetValue(key, out byte[]? page))
                {
                    return 0;
                }

                page.CopyTo(Native.AsSpan(_pageOfFrame[op.Frame], Native.PageBytes));
                _ = pool.IsPersistent || pool.Pages.Remove(key);
                return 1;
            case FlushPageOp.Number:
                pool.Pages.Remove(key);
                return 1;
            case FlushObjectOp.Number:
                Array.ForEach(pool.Pages.Keys.Where(k => k.Object == key.Item1).ToArray(), k => pool.Pages.Remove(k));
                return 1;
            default:
                return -Errno.ENOSYS;
        }
    }

    private long Sysctl(ulong address)
    {
        if (!TryGet(address, XenSysctl.MaxSize, out Span<byte> bytes)
            || !CallBytes.TryRead(HypercallNumber.Sysctl, bytes, out TmemOp op, out _))
        {
            return -Errno.EFAULT;
        }

        uint version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        VersionsTried.Add(version);
        if (HostPort is not null)
        {
            return CallHost(HypercallNumber.Sysctl, bytes);
        }

        if (version != InterfaceVersion)
        {
            return -Errno.EACCES;
        }

        if (!IsControlDomain)
        {
            return -Errno.EPERM;
        }

        return Tmem == XenTmemState.Absent ? -Errno.ENOSYS : Control(op);
    }

    private long Control(in TmemOp call)
    {
        TmemOp.ControlArm op = call.Control;
        LastControl = op;
        LastPoolId = call.PoolId;
        bool isLater = InterfaceVersion >= 0x0E;
        uint id = op.ClientId;
        bool isAll = id == HypercallControl.AllClients;
        if (!isAll && !Clients.ContainsKey(id) && (ControlSubOp)op.Subop is not (ControlSubOp.QueryFreeableMebibytes or ControlSubOp.SetAuthorization))
        {
            return -Errno.EPERM;
        }

        Client[] targets = isAll ? [.. Clients.Values] : Clients.TryGetValue(id, out Client? one) ? [one] : [];
        switch ((ControlSubOp)op.Subop)
        {
            case ControlSubOp.Freeze or ControlSubOp.Thaw or ControlSubOp.Destroy:
                uint subOp = op.Subop;
                Array.ForEach(targets, c => c.IsFrozen = subOp == (uint)ControlSubOp.Freeze);
                return 0;
            case ControlSubOp.Flush:
                return isLater ? op.Argument2 : op.Argument1;
            case ControlSubOp.QueryFreeableMebibytes:
                return 42;
            case ControlSubOp.List:
                return List(op);
            case ControlSubOp.SetAuthorization when isLater:
                return Grant(op);
            case ControlSubOp.SetWeight when !isLater:
            case ControlSubOp.SetCap when !isLater:
            case ControlSubOp.SetCompress when !isLater:
                Array.ForEach(targets, c => c.Set((ControlSubOp)op.Subop, op.Argument1));
                return 0;
            case ControlSubOp.GetClientInfo or ControlSubOp.SetClientInfo when isLater:
                return Info(op, targets);
            case ControlSubOp.SaveGetPoolUuid when !isLater && TryGet(op.Buffer, TmemPoolUuid.MaxSize, out Span<byte> uuid):
                BinaryPrimitives.WriteUInt64LittleEndian(uuid, 0xdead);
                BinaryPrimitives.WriteUInt64LittleEndian(uuid[8..], 0xbeef);
                return 0;
            case ControlSubOp.RestorePutPage:
                return TryGet(op.Buffer, Native.PageBytes, out Span<byte> page) && page.IndexOfAnyExcept((byte)0x5A) < 0 ? 1 : -Errno.EINVAL;
            default:
                return -Errno.EPERM;
        }
    }

    private long List(in TmemOp.ControlArm op)
    {
        if (op.Argument1 == 0)
        {
            return op.Buffer == 0 ? 0 : -Errno.EFAULT;
        }

        if (!TryGet(op.Buffer, (int)op.Argument1, out Span<byte> buffer))
        {
            return -Errno.EFAULT;
        }

        if (buffer.IndexOfAnyExcept((byte)0) >= 0)
        {
            return -Errno.EINVAL;
        }

        // As the original: a line that does not fit is left out, and the result is 0 all the same.
        int used = 0;
        foreach (string line in Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (used + line.Length + 2 > buffer.Length)
            {
                break;
            }

            used += Encoding.ASCII.GetBytes(line + '\n', buffer[used..]);
        }

        return 0;
    }

    private long Grant(in TmemOp.ControlArm op)
    {
        if (op.Argument1 != XenTmemPoolInfo.MaxSize || !TryGet(op.Buffer, XenTmemPoolInfo.MaxSize, out Span<byte> record))
        {
            return -Errno.EINVAL;
        }

        var uuid = new PoolUuid(BinaryPrimitives.ReadUInt64LittleEndian(record[16..]), BinaryPrimitives.ReadUInt64LittleEndian(record[24..]));
        Grants.Add((op.ClientId, uuid, (record[0] & 4) != 0, HypercallNumber.Sysctl));
        return 1;
    }

    private long Info(in TmemOp.ControlArm op, Client[] targets)
    {
        if (!TryGet(op.Buffer, XenTmemClient.MaxSize, out Span<byte> record))
        {
            return -Errno.EFAULT;
        }

        bool isAll = op.ClientId == HypercallControl.AllClients;
        if (op.Subop == (uint)ControlSubOp.GetClientInfo)
        {
            Client shown = isAll ? new Client() : targets[0];
            BinaryPrimitives.WriteInt32LittleEndian(record, 1);
            BinaryPrimitives.WriteInt32LittleEndian(record[4..], 16);
            BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (shown.IsFrozen ? 1u : 0) | (shown.IsCompressed ? 2u : 0));
            BinaryPrimitives.WriteUInt32LittleEndian(record[16..], shown.Weight);
            return 0;
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(record) != 1)
        {
            return -Errno.EOPNOTSUPP;
        }

        foreach (Client client in targets)
        {
            client.Weight = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
            client.IsCompressed = (record[12] & 2) != 0;
        }

        return 0;
    }

    internal sealed class Client
    {
        public bool IsFrozen { get; set; }

        public bool IsCompressed { get; set; }

        public uint Weight { get; set; }

        public uint Cap { get; set; }

        public void Set(ControlSubOp subOp, uint value)
        {
            Weight = subOp == ControlSubOp.SetWeight ? value : Weight;
            Cap = subOp == ControlSubOp.SetCap ? value : Cap;
            IsCompressed = subOp == ControlSubOp.SetCompress ? value != 0 : IsCompressed;
        }
    }

    private sealed record Pool(bool IsPersistent, Dictionary<(ObjectId Object, uint Index), byte[]> Pages);
}
