using TmemCore.Statistics;

namespace TmemCore.Tool.Control;

/// <summary>
/// A page store as the commands of control see it: the hypervisor below, or a host of this process. Clients are numbers;
/// <see cref="Hypercalls.HypercallControl.AllClients"/> is all that live now. What is refused is an exception that says why.
/// </summary>
internal interface IControlTarget
{
    /// <summary>MiB that could be given back.</summary>
    long FreeableMebibytes { get; }

    /// <summary>What the store holds, how far it may go and why; null when it does not tell.</summary>
    MemoryStatistics? Memory { get; }

    /// <summary>The statistics in the text form of the original.</summary>
    string List(uint client, bool isLong);

    void Freeze(uint client);

    void Thaw(uint client);

    void Destroy(uint client);

    void SetWeight(uint client, uint weight);

    /// <summary>Sets the most that a client's ephemeral pages may take, in MiB; 0 for no limit.</summary>
    void SetCap(uint client, uint mebibytes);

    void SetCompression(uint client, bool isOn);

    /// <summary>Grants the sharing of a pool or takes it back.</summary>
    void Authorize(uint client, PoolUuid uuid, bool isGranted);

    /// <summary>Gives memory back.</summary>
    /// <returns>KiB that were given back.</returns>
    long Flush(uint kibibytes);
}
