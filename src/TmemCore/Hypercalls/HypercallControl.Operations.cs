using System.Globalization;
using System.Text;
using TmemCore.Abi;

namespace TmemCore.Hypercalls;

public sealed partial class HypercallControl
{
    private const int ListBytes = 32768;
    private const int ListBytesMax = 16 << 20;

    /// <summary>A line of the list is made in a buffer of this size; less room than that left may have cost a line.</summary>
    private const int ListLineBytesMax = 1024;

    private const string ClientLine = "C=CI:";

    /// <summary>Refuses new pages of a client from now on.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public void Freeze(uint clientId) => Simple(ControlSubOp.Freeze, clientId, "freeze");

    /// <summary>Takes new pages of a client again.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public void Thaw(uint clientId) => Simple(ControlSubOp.Thaw, clientId, "thaw");

    /// <summary>The operation called DESTROY, which in every release of the original destroyed nothing and thawed.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public void Destroy(uint clientId) => Simple(ControlSubOp.Destroy, clientId, "destroy");

    /// <summary>Evicts ephemeral pages until enough memory is free, and gives all free memory of tmem back.</summary>
    /// <param name="kibibytes">How much, in KiB, rounded up to whole pages.</param>
    /// <returns>How much was given back, in KiB; it may be more.</returns>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public long Flush(uint kibibytes)
    {
        long result = IsLater
            ? Control(NoPool, ControlSubOp.Flush, AllClients, 0, kibibytes, default(ObjectId), [])
            : Control(NoPool, ControlSubOp.Flush, AllClients, kibibytes, 0, default(ObjectId), []);
        return Accepted(result, "flush");
    }

    /// <summary>How much memory tmem could give back: free in its own lists, or holding ephemeral pages.</summary>
    /// <returns>The amount in MiB, rounded down.</returns>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public long QueryFreeableMebibytes() => Accepted(
        Control(NoPool, ControlSubOp.QueryFreeableMebibytes, 0, 0, 0, default(ObjectId), []), "query freeable memory");

    /// <summary>The statistics as text.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <param name="isLong">Whether to ask for all the counters.</param>
    /// <returns>Lines of <c>key:value</c> pairs, all of them, however many there are.</returns>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public string List(uint clientId, bool isLong)
    {
        for (int lengthBytes = ListBytes; ; lengthBytes *= 2)
        {
            var buffer = new byte[lengthBytes];
            long result = Control(
                NoPool, ControlSubOp.List, clientId, (uint)lengthBytes, isLong ? 1u : 0, default(ObjectId), buffer);
            _ = Accepted(result, Named("list", clientId));
            int end = Array.IndexOf(buffer, (byte)0);
            end = end < 0 ? lengthBytes : end;
            if (end < lengthBytes - ListLineBytesMax || lengthBytes >= ListBytesMax)
            {
                return Encoding.ASCII.GetString(buffer, 0, end);
            }
        }
    }

    /// <summary>Sets the weight of a client among the others.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>: each client there is now.</param>
    /// <param name="weight">The weight; zero for none.</param>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public void SetWeight(uint clientId, uint weight) => Set(clientId, ControlSubOp.SetWeight, weight, weight, null, "weight");

    /// <summary>Switches compression of a client's new pages.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>: each client there is now.</param>
    /// <param name="isOn">Whether new pages are compressed.</param>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public void SetCompression(uint clientId, bool isOn) =>
        Set(clientId, ControlSubOp.SetCompress, isOn ? 1u : 0, null, isOn, "compression");

    /// <summary>Sets the cap of a client, which the original stored and never enforced. Gone since Xen 4.8.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <param name="cap">The cap; zero for none.</param>
    /// <exception cref="NotSupportedException">The hypervisor is 4.8 or later.</exception>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public void SetCap(uint clientId, uint cap)
    {
        if (IsLater)
        {
            throw new NotSupportedException($"Xen 4.8 and later have no cap any more; this one is controlled by {Interface}.");
        }

        Set(clientId, ControlSubOp.SetCap, cap, null, null, "cap");
    }

    /// <summary>Grants a shared pool to a client, or revokes it. Revoking leaves pools that are joined already.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="uuid">The uuid of the shared pool.</param>
    /// <param name="isGranted">True to grant, false to revoke.</param>
    /// <returns>What the hypervisor answered, which says nothing reliable about whether there was something to revoke.</returns>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public long Authorize(uint clientId, PoolUuid uuid, bool isGranted)
    {
        // The guest's command did this until 4.8; control took it over with 4.9.
        if (!IsLater || Interface.InterfaceVersion < XenSysctl.InterfaceVersionOf49)
        {
            var ops = new GuestOps.Caller<OpPort>(new TmemAbi(Interface.Generation), new OpPort(_port));
            long answer = ops.Auth(new AuthOp { ClientId = clientId, Uuid = uuid, Flags = isGranted ? 1u : 0 });
            return Accepted(answer, Named("authorize", clientId));
        }

        Span<byte> record = stackalloc byte[XenTmemPoolInfo.MaxSize];
        new XenTmemPoolInfo { Uuid = uuid, Flags = isGranted ? TmemPoolFlags.Authorize : TmemPoolFlags.None }.Write(Abi, record);
        long result = Control(NoPool, ControlSubOp.SetAuthorization, clientId, (uint)record.Length, 0, default(ObjectId), record);
        return Accepted(result, Named("authorize", clientId));
    }

    /// <summary>The clients there are now, from the list, which is the only place that names them.</summary>
    /// <returns>Their ids, in the order of the list.</returns>
    /// <exception cref="HypercallException">The call was refused; the message explains why.</exception>
    public IReadOnlyList<uint> GetClients()
    {
        var clients = new List<uint>();
        foreach (string line in List(AllClients, isLong: false).Split('\n'))
        {
            string[] fields = line.Split(',', 2);
            if (fields[0].StartsWith(ClientLine, StringComparison.Ordinal)
                && uint.TryParse(fields[0].AsSpan(ClientLine.Length), NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
            {
                clients.Add(id);
            }
        }

        return clients;
    }

    private TmemAbi Abi => new(Interface.Generation);

    private static string Named(string what, uint clientId) => (clientId & AllClients) == AllClients
        ? $"{what} all clients"
        : string.Create(CultureInfo.InvariantCulture, $"{what} client {clientId}");

    private static long Accepted(long result, string what) => result >= 0
        ? result
        : throw new HypercallException(result, $"The hypervisor refused to {what}", Explain(result));

    private void Simple(ControlSubOp subOp, uint clientId, string what) =>
        _ = Accepted(Control(NoPool, subOp, clientId, 0, 0, default(ObjectId), []), Named(what, clientId));

    private void Set(uint clientId, ControlSubOp subOp, uint value, uint? weight, bool? isCompressed, string what)
    {
        if (!IsLater)
        {
            _ = Accepted(Control(NoPool, subOp, clientId, value, 0, default(ObjectId), []), Named($"set the {what} of", clientId));
            return;
        }

        // Asked for "all", the later form reads zeros, and writing them back would clear what was not to be set.
        IReadOnlyList<uint> clients = (clientId & AllClients) == AllClients ? GetClients() : [clientId];
        foreach (uint client in clients)
        {
            Change(client, weight, isCompressed, Named($"set the {what} of", client));
        }
    }

    private void Change(uint clientId, uint? weight, bool? isCompressed, string what)
    {
        Span<byte> record = stackalloc byte[XenTmemClient.MaxSize];
        uint length = XenTmemClient.MaxSize;
        _ = Accepted(Control(NoPool, ControlSubOp.GetClientInfo, clientId, length, 0, default(ObjectId), record), what);
        _ = XenTmemClient.TryRead(Abi, record, out XenTmemClient info);
        TmemClientFlags flags = isCompressed switch
        {
            true => info.Flags | TmemClientFlags.Compress,
            false => info.Flags & ~TmemClientFlags.Compress,
            null => info.Flags,
        };
        (info with { Weight = weight ?? info.Weight, Flags = flags }).Write(Abi, record);
        _ = Accepted(Control(NoPool, ControlSubOp.SetClientInfo, clientId, length, 0, default(ObjectId), record), what);
    }
}
