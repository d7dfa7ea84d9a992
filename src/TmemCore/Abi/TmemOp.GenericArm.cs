namespace TmemCore.Abi;

public readonly partial struct TmemOp
{
    /// <summary>What the commands on pages and objects carry.</summary>
    [AbiStruct]
    public readonly partial struct GenericArm
    {
        /// <summary>The object.</summary>
        [AbiField("object", Until = AbiGeneration.V0Aug2009, Form = AbiForm.FirstWord)]
        [AbiField("oid", Since = AbiGeneration.V1Hypercall)]
        public ObjectId Object { get; init; }

        /// <summary>The page's index within the object.</summary>
        [AbiField("index")]
        public uint Index { get; init; }

        /// <summary>Where in the stored page a partial read or write begins, in bytes.</summary>
        [AbiField("tmem_offset")]
        public uint TmemOffset { get; init; }

        /// <summary>Where in the caller's frame a partial read or write begins, in bytes.</summary>
        [AbiField("pfn_offset")]
        public uint FrameOffset { get; init; }

        /// <summary>The length of a partial read or write, in bytes.</summary>
        [AbiField("len")]
        public uint Length { get; init; }

        /// <summary>The caller's frame number (gfn).</summary>
        [AbiField("cmfn", Form = AbiForm.Word)]
        public ulong Frame { get; init; }
    }
}
