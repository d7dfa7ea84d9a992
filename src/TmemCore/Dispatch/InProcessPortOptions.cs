using TmemCore.Abi;

namespace TmemCore.Dispatch;

/// <summary>Who calls through an <see cref="InProcessPort"/>, and in which form.</summary>
public sealed record InProcessPortOptions
{
    /// <summary>The generation of the ABI that the caller speaks; it decides layouts, commands and answers.</summary>
    public AbiGeneration Generation { get; init; } = AbiGeneration.V1Hypercall;

    /// <summary>Whether the caller's structures are those of a 64-bit or of a 32-bit guest.</summary>
    public AbiWordSize WordSize { get; init; }

    /// <summary>Whether the caller may control other clients; without it such operations are answered <c>-EPERM</c>.</summary>
    public bool IsPrivileged { get; init; }

    /// <summary>
    /// The version of the sysctl interface, which an envelope has to name: 0x0C and 0x0D for <see cref="AbiGeneration.V1Sysctl46"/>,
    /// 0x0E to 0x12 for <see cref="AbiGeneration.V1Sysctl48"/>. 0 means the last of the generation.
    /// </summary>
    public uint InterfaceVersion { get; init; }
}
