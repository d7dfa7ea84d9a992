namespace TmemCore.Abi;

public readonly partial struct TmemOp
{
    /// <summary>What the commands that make a pool or authorise a client carry.</summary>
    [AbiStruct]
    public readonly partial struct CreateArm
    {
        /// <summary>The name of a shared pool.</summary>
        [AbiField("uuid")]
        public PoolUuid Uuid { get; init; }

        /// <summary>The pool's flags (<see cref="TmemPoolFlags"/>), or 0 and 1 to revoke and grant.</summary>
        [AbiField("flags")]
        public uint Flags { get; init; }

        /// <summary>The client meant, where it is not the caller.</summary>
        [AbiField("arg1", Since = AbiGeneration.V0Aug2009)]
        public uint Argument1 { get; init; }
    }
}
