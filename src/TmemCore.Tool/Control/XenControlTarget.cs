using TmemCore.Hypercalls;
using TmemCore.Statistics;

namespace TmemCore.Tool.Control;

/// <summary>Tmem in the Xen hypervisor below.</summary>
internal sealed class XenControlTarget(HypercallControl control) : IControlTarget
{
    /// <inheritdoc/>
    public long FreeableMebibytes => control.QueryFreeableMebibytes();

    /// <inheritdoc/>
    public MemoryStatistics? Memory => null;

    /// <inheritdoc/>
    public string List(uint client, bool isLong) => control.List(client, isLong);

    /// <inheritdoc/>
    public void Freeze(uint client) => control.Freeze(client);

    /// <inheritdoc/>
    public void Thaw(uint client) => control.Thaw(client);

    /// <inheritdoc/>
    public void Destroy(uint client) => control.Destroy(client);

    /// <inheritdoc/>
    public void SetWeight(uint client, uint weight) => control.SetWeight(client, weight);

    /// <inheritdoc/>
    public void SetCap(uint client, uint mebibytes) => control.SetCap(client, mebibytes);

    /// <inheritdoc/>
    public void SetCompression(uint client, bool isOn) => control.SetCompression(client, isOn);

    /// <inheritdoc/>
    public void Authorize(uint client, PoolUuid uuid, bool isGranted) => control.Authorize(client, uuid, isGranted);

    /// <inheritdoc/>
    public long Flush(uint kibibytes) => control.Flush(kibibytes);
}
