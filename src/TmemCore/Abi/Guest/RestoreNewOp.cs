namespace TmemCore.Abi;

/// <summary>Makes a pool in a given slot of a restored client (until Xen 4.8).</summary>
[AbiOp(typeof(GuestOps), 102, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct RestoreNewOp
{
    /// <summary>The slot asked for.</summary>
    public int PoolId { get; init; }

    /// <summary>The client it is for.</summary>
    [AbiFrom(nameof(TmemOp.CreateArm.Argument1))]
    public uint ClientId { get; init; }

    /// <summary>The name of the shared pool to join or make.</summary>
    public PoolUuid Uuid { get; init; }

    /// <summary>Kind, page size and version of the pool.</summary>
    public TmemPoolFlags Flags { get; init; }
}
