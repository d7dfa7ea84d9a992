namespace TmemCore.Abi;

/// <summary>What GET_CLIENT_INFO and SET_CLIENT_INFO pass in the caller's buffer: 20 bytes.</summary>
[AbiStruct("xen_tmem_client", Header = AbiHeader.Sysctl, Since = AbiGeneration.V1Sysctl48)]
public readonly partial struct XenTmemClient
{
    /// <summary>The version of the ABI, 1.</summary>
    [AbiField("version")]
    public uint Version { get; init; }

    /// <summary>How many pools a client can have.</summary>
    [AbiField("maxpools")]
    public uint MaxPools { get; init; }

    /// <summary>How many pools the client has.</summary>
    [AbiField("nr_pools")]
    public uint PoolCount { get; init; }

    /// <summary>The client's state.</summary>
    [AbiField("flags.raw")]
    [AbiField("flags.u", Bits = "frozen:1 compress:1 migrating:1")]
    public TmemClientFlags Flags { get; init; }

    /// <summary>The client's weight.</summary>
    [AbiField("weight")]
    public uint Weight { get; init; }
}
