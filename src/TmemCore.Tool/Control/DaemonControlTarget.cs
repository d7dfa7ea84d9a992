using TmemCore.Client;
using TmemCore.Statistics;

namespace TmemCore.Tool.Control;

/// <summary>A daemon of this machine.</summary>
internal sealed class DaemonControlTarget(TmemConnection connection) : IControlTarget
{
    /// <inheritdoc/>
    public long FreeableMebibytes => connection.Control.QueryFreeableMebibytes();

    /// <inheritdoc/>
    public MemoryStatistics? Memory => connection.Control.QueryMemory();

    /// <inheritdoc/>
    public string List(uint client, bool isLong) => connection.Control.List(client, isLong);

    /// <inheritdoc/>
    public void Freeze(uint client) => connection.Control.Freeze(client);

    /// <inheritdoc/>
    public void Thaw(uint client) => connection.Control.Thaw(client);

    /// <inheritdoc/>
    public void Destroy(uint client) => connection.Control.Destroy(client);

    /// <inheritdoc/>
    public void SetWeight(uint client, uint weight) => connection.Control.SetWeight(client, weight);

    /// <inheritdoc/>
    public void SetCap(uint client, uint mebibytes) => connection.Control.SetCap(client, mebibytes);

    /// <inheritdoc/>
    public void SetCompression(uint client, bool isOn) => connection.Control.SetCompression(client, isOn);

    /// <inheritdoc/>
    public void Authorize(uint client, PoolUuid uuid, bool isGranted) => connection.Control.Authorize(client, uuid, isGranted);

    /// <inheritdoc/>
    public long Flush(uint kibibytes) => connection.Control.Flush(kibibytes);
}
