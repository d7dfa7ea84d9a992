namespace TmemCore.Abi;

/// <summary>Asks how many pages a pool holds (until Xen 4.7).</summary>
[AbiOp(typeof(ControlOps), 17, Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V1Sysctl46)]
public readonly partial struct SaveGetPoolPageCountOp
{
    /// <summary>The client meant.</summary>
    public uint ClientId { get; init; }

    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }
}
