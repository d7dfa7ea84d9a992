namespace TmemCore.Abi;

/// <summary>Grants or revokes a client's right to join a shared pool (until Xen 4.8).</summary>
[AbiOp(typeof(GuestOps), 101, Since = AbiGeneration.V0Aug2009)]
public readonly partial struct AuthOp
{
    /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
    [AbiFrom(nameof(TmemOp.CreateArm.Argument1))]
    public uint ClientId { get; init; }

    /// <summary>The shared pool's name.</summary>
    public PoolUuid Uuid { get; init; }

    /// <summary>1 to grant, 0 to revoke.</summary>
    public uint Flags { get; init; }
}
