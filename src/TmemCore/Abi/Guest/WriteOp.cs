namespace TmemCore.Abi;

/// <summary>Copies part of a frame of the caller into a stored page (until Xen 4.3).</summary>
[AbiOp(typeof(GuestOps), 9, Until = AbiGeneration.V1Hypercall)]
public readonly partial struct WriteOp
{
    /// <summary>The pool's slot.</summary>
    public int PoolId { get; init; }

    /// <summary>The object.</summary>
    public ObjectId Object { get; init; }

    /// <summary>The page's index within the object.</summary>
    public uint Index { get; init; }

    /// <summary>Where in the stored page to begin, in bytes.</summary>
    public uint TmemOffset { get; init; }

    /// <summary>Where in the caller's frame to begin, in bytes.</summary>
    public uint FrameOffset { get; init; }

    /// <summary>How many bytes.</summary>
    public uint Length { get; init; }

    /// <summary>The caller's frame number (gfn).</summary>
    public ulong Frame { get; init; }
}
