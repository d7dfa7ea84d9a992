using System.Diagnostics.CodeAnalysis;
using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>
/// The numbers of the control operations, as their definitions in <see cref="ControlOps"/> have them. Four of them were given
/// a second meaning in Xen 4.8; the names say which.
/// </summary>
[SuppressMessage("Design", "CA1027", Justification = "Numbers, not flags.")]
public enum ControlSubOp
{
    /// <summary>Lets a client put new pages again.</summary>
    Thaw = (int)ThawOp.Number,

    /// <summary>Refuses new pages of a client.</summary>
    Freeze = (int)FreezeOp.Number,

    /// <summary>Gives memory back to the hypervisor's heap. All clients only.</summary>
    Flush = (int)FlushOp.Number,

    /// <summary>In the original the same as <see cref="Thaw"/>.</summary>
    Destroy = (int)DestroyOp.Number,

    /// <summary>The statistics as text.</summary>
    List = (int)ListOp.Number,

    /// <summary>Up to 4.7: sets the weight.</summary>
    SetWeight = (int)SetWeightOp.Number,

    /// <summary>From 4.8: the 20-byte record of a client.</summary>
    GetClientInfo = (int)GetClientInfoOp.Number,

    /// <summary>Up to 4.7: sets the cap.</summary>
    SetCap = (int)SetCapOp.Number,

    /// <summary>From 4.8: sets weight and compression.</summary>
    SetClientInfo = (int)SetClientInfoOp.Number,

    /// <summary>Up to 4.7: switches compression.</summary>
    SetCompress = (int)SetCompressOp.Number,

    /// <summary>From 4.8: the 32-byte records of a client's pools.</summary>
    GetPools = (int)GetPoolsOp.Number,

    /// <summary>How many MiB tmem could give back.</summary>
    QueryFreeableMebibytes = (int)QueryFreeableOp.Number,

    /// <summary>From 4.9: makes pools for a client that is being restored.</summary>
    SetPools = (int)SetPoolsOp.Number,

    /// <summary>Begins to save a client.</summary>
    SaveBegin = (int)SaveBeginOp.Number,

    /// <summary>Up to 4.7: the version of the ABI.</summary>
    SaveGetVersion = (int)SaveGetVersionOp.Number,

    /// <summary>From 4.9: grants or revokes a shared pool.</summary>
    SetAuthorization = (int)SetAuthOp.Number,

    /// <summary>Up to 4.7: how many pools a client may have.</summary>
    SaveGetPoolsMax = (int)SaveGetMaxPoolsOp.Number,

    /// <summary>Up to 4.7: the weight.</summary>
    SaveGetClientWeight = (int)SaveGetClientWeightOp.Number,

    /// <summary>Up to 4.7: the cap.</summary>
    SaveGetClientCap = (int)SaveGetClientCapOp.Number,

    /// <summary>Up to 4.7: the flags of a client.</summary>
    SaveGetClientFlags = (int)SaveGetClientFlagsOp.Number,

    /// <summary>Up to 4.7: the flags of a pool.</summary>
    SaveGetPoolFlags = (int)SaveGetPoolFlagsOp.Number,

    /// <summary>Up to 4.7: how many pages a pool holds.</summary>
    SaveGetPoolPageCount = (int)SaveGetPoolPageCountOp.Number,

    /// <summary>Up to 4.7: the uuid of a pool.</summary>
    SaveGetPoolUuid = (int)SaveGetPoolUuidOp.Number,

    /// <summary>The next page of a persistent pool: a handle, then 4,096 bytes.</summary>
    SaveGetNextPage = (int)SaveGetNextPageOp.Number,

    /// <summary>The next handle that has gone since the save began.</summary>
    SaveGetNextInvalidated = (int)SaveGetNextInvalidatedOp.Number,

    /// <summary>Ends a save.</summary>
    SaveEnd = (int)SaveEndOp.Number,

    /// <summary>Begins to restore a client.</summary>
    RestoreBegin = (int)RestoreBeginOp.Number,

    /// <summary>Puts a page for the client being restored.</summary>
    RestorePutPage = (int)RestorePutPageOp.Number,

    /// <summary>Flushes a page for the client being restored.</summary>
    RestoreFlushPage = (int)RestoreFlushPageOp.Number,
}
