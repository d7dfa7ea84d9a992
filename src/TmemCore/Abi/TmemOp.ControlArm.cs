namespace TmemCore.Abi;

public readonly partial struct TmemOp
{
    /// <summary>What a control sub-op carries while control is a hypercall.</summary>
    [AbiStruct]
    public readonly partial struct ControlArm
    {
        /// <summary>The number of the sub-op.</summary>
        [AbiField("subop"), AbiTag]
        public uint Subop { get; init; }

        /// <summary>The client meant; 0xFFFF in the low 16 bits means all.</summary>
        [AbiField("cli_id")]
        public uint ClientId { get; init; }

        /// <summary>The first argument: a number or the length of the buffer.</summary>
        [AbiField("arg1")]
        public uint Argument1 { get; init; }

        /// <summary>The second argument: the form of a list, or a page index.</summary>
        [AbiField("arg2")]
        public uint Argument2 { get; init; }

        /// <summary>The object, where a page is restored.</summary>
        [AbiField("arg3", Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V0Aug2009, Form = AbiForm.FirstWord)]
        [AbiField("oid", Since = AbiGeneration.V1Hypercall)]
        public ObjectId Object { get; init; }

        /// <summary>The address of the caller's buffer.</summary>
        [AbiField("buf", Form = AbiForm.Pointer)]
        [PinnedBuffer]
        public ulong Buffer { get; init; }
    }
}
