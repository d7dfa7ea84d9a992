using System.Diagnostics.CodeAnalysis;

namespace TmemCore.Hypercalls;

/// <summary>
/// The numbers of the control operations. Four of them were given a second meaning in Xen 4.8; the names say which.
/// </summary>
[SuppressMessage("Design", "CA1027", Justification = "Numbers, not flags.")]
public enum ControlSubOp
{
    /// <summary>Lets a client put new pages again.</summary>
    Thaw = 0,

    /// <summary>Refuses new pages of a client.</summary>
    Freeze = 1,

    /// <summary>Gives memory back to the hypervisor's heap. All clients only.</summary>
    Flush = 2,

    /// <summary>In the original the same as <see cref="Thaw"/>.</summary>
    Destroy = 3,

    /// <summary>The statistics as text.</summary>
    List = 4,

    /// <summary>Up to 4.7: sets the weight.</summary>
    SetWeight = 5,

    /// <summary>From 4.8: the 20-byte record of a client.</summary>
    GetClientInfo = 5,

    /// <summary>Up to 4.7: sets the cap.</summary>
    SetCap = 6,

    /// <summary>From 4.8: sets weight and compression.</summary>
    SetClientInfo = 6,

    /// <summary>Up to 4.7: switches compression.</summary>
    SetCompress = 7,

    /// <summary>From 4.8: the 32-byte records of a client's pools.</summary>
    GetPools = 7,

    /// <summary>How many MiB tmem could give back.</summary>
    QueryFreeableMebibytes = 8,

    /// <summary>From 4.9: makes pools for a client that is being restored.</summary>
    SetPools = 9,

    /// <summary>Begins to save a client.</summary>
    SaveBegin = 10,

    /// <summary>Up to 4.7: the version of the ABI.</summary>
    SaveGetVersion = 11,

    /// <summary>From 4.9: grants or revokes a shared pool.</summary>
    SetAuthorization = 11,

    /// <summary>Up to 4.7: how many pools a client may have.</summary>
    SaveGetPoolsMax = 12,

    /// <summary>Up to 4.7: the weight.</summary>
    SaveGetClientWeight = 13,

    /// <summary>Up to 4.7: the cap.</summary>
    SaveGetClientCap = 14,

    /// <summary>Up to 4.7: the flags of a client.</summary>
    SaveGetClientFlags = 15,

    /// <summary>Up to 4.7: the flags of a pool.</summary>
    SaveGetPoolFlags = 16,

    /// <summary>Up to 4.7: how many pages a pool holds.</summary>
    SaveGetPoolPageCount = 17,

    /// <summary>Up to 4.7: the uuid of a pool.</summary>
    SaveGetPoolUuid = 18,

    /// <summary>The next page of a persistent pool: a handle, then 4,096 bytes.</summary>
    SaveGetNextPage = 19,

    /// <summary>The next handle that has gone since the save began.</summary>
    SaveGetNextInvalidated = 20,

    /// <summary>Ends a save.</summary>
    SaveEnd = 21,

    /// <summary>Begins to restore a client.</summary>
    RestoreBegin = 30,

    /// <summary>Puts a page for the client being restored.</summary>
    RestorePutPage = 32,

    /// <summary>Flushes a page for the client being restored.</summary>
    RestoreFlushPage = 33,
}
