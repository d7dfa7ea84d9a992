using System.Globalization;
using TmemCore.Hypercalls;
using TmemCore.Statistics;

namespace TmemCore.Tool.Control;

/// <summary>A host of this process.</summary>
internal sealed class HostControlTarget(TmemHost host) : IControlTarget
{
    private const int MibShift = 20;
    private const int KibShift = 10;

    /// <summary>The host.</summary>
    public TmemHost Host => host;

    /// <inheritdoc/>
    public long FreeableMebibytes => host.Control.FreeableBytes >> MibShift;

    /// <inheritdoc/>
    public MemoryStatistics? Memory => host.GetStatistics().Memory;

    /// <inheritdoc/>
    public string List(uint client, bool isLong) => client == HypercallControl.AllClients
        ? host.Control.List(isLong)
        : host.Control.List(Find(client), isLong);

    /// <inheritdoc/>
    public void Freeze(uint client) => ForEach(client, host.Control.Freeze);

    /// <inheritdoc/>
    public void Thaw(uint client) => ForEach(client, host.Control.Thaw);

    /// <inheritdoc/>
    public void Destroy(uint client) => ForEach(client, host.Control.Destroy);

    /// <inheritdoc/>
    public void SetWeight(uint client, uint weight) => ForEach(client, found => host.Control.SetWeight(found, checked((int)weight)));

    /// <inheritdoc/>
    public void SetCap(uint client, uint mebibytes) => ForEach(client, found => host.Control.SetCap(found, (long)mebibytes << MibShift));

    /// <inheritdoc/>
    public void SetCompression(uint client, bool isOn) => ForEach(client, found => host.Control.SetCompression(found, isOn));

    /// <inheritdoc/>
    public void Authorize(uint client, PoolUuid uuid, bool isGranted)
    {
        if (client == HypercallControl.AllClients)
        {
            host.Control.GrantSharingToAll(isGranted);
        }
        else if (!isGranted)
        {
            host.Control.RevokeSharing(Find(client), uuid);
        }
        else if (!host.Control.TryGrantSharing(Find(client), uuid))
        {
            throw new ControlRefusedException($"client {client} has all the grants that it may have; revoke one first.");
        }
    }

    /// <inheritdoc/>
    public long Flush(uint kibibytes) => host.Control.GiveBack((long)kibibytes << KibShift) >> KibShift;

    private void ForEach(uint client, Action<TmemClient> act)
    {
        foreach (TmemClient one in client == HypercallControl.AllClients ? host.Control.GetClients() : [Find(client)])
        {
            act(one);
        }
    }

    private TmemClient Find(uint client)
    {
        if (host.TryGetClient((int)client, out TmemClient? found))
        {
            return found;
        }

        string known = string.Join(", ", host.Control.GetClients().Select(static one => one.Id.ToString(CultureInfo.InvariantCulture)));
        throw new ControlRefusedException($"there is no client {client}; {(known.Length == 0 ? "there is none at all" : $"there are {known}")}.");
    }
}
