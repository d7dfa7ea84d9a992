using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>The fields of one op, from whichever layout; those an op does not have are zero.</summary>
internal readonly record struct OpFields
{
    public uint Command { get; init; }

    public uint PoolId { get; init; }

    public ObjectId Object { get; init; }

    public uint Index { get; init; }

    public ulong Frame { get; init; }

    public PoolUuid Uuid { get; init; }

    public uint Flags { get; init; }

    /// <summary>The target client of AUTH and RESTORE_NEW.</summary>
    public uint TargetClient { get; init; }

    public uint SubOp { get; init; }

    public uint ClientId { get; init; }

    /// <summary>The first argument of control, or the length in the later sysctl form.</summary>
    public uint Argument1 { get; init; }

    public uint Argument2 { get; init; }

    [PinnedBuffer]
    public ulong BufferAddress { get; init; }

    /// <summary>Zero for the guest's hypercall, else the interface version of the envelope.</summary>
    public uint InterfaceVersion { get; init; }
}
