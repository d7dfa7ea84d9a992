namespace TmemCore.Abi;

/// <summary>
/// The envelope of a sysctl: 136 bytes, of which the tmem op uses 56. The interface version differs with every release
/// (0x0C for Xen 4.6, one more for each up to 0x12 for 4.12).
/// </summary>
[AbiStruct("xen_sysctl", Header = AbiHeader.Sysctl, Since = AbiGeneration.V1Sysctl46)]
public readonly partial struct XenSysctl
{
    /// <summary>The command that means a tmem op.</summary>
    public const uint TmemCommand = 24;

    /// <summary>The interface version of Xen 4.6, the first whose control is a sysctl.</summary>
    public const uint InterfaceVersionOf46 = 0x0C;

    /// <summary>The interface version of Xen 4.8, the first with a length and records.</summary>
    public const uint InterfaceVersionOf48 = 0x0E;

    /// <summary>The interface version of Xen 4.9, the first whose control grants shared pools.</summary>
    public const uint InterfaceVersionOf49 = 0x0F;

    /// <summary>The interface version of Xen 4.12, the last release with tmem.</summary>
    public const uint InterfaceVersionOf412 = 0x12;

    /// <summary>The command: <see cref="TmemCommand"/> for us.</summary>
    [AbiField("cmd"), AbiTag]
    public uint Command { get; init; }

    /// <summary>The version of the interface the caller was built for.</summary>
    [AbiField("interface_version")]
    public uint InterfaceVersion { get; init; }

    /// <summary>The tmem op.</summary>
    [AbiField("u.tmem_op")]
    [AbiField("u.pad", Bytes = 128)]
    [AbiArm(TmemCommand)]
    public XenSysctlTmemOp TmemOp { get; init; }

    /// <summary>Which of the two forms an interface version means.</summary>
    /// <param name="interfaceVersion">Any version; one that no release had is taken for its nearest neighbour's.</param>
    /// <returns><see cref="AbiGeneration.V1Sysctl46"/> or <see cref="AbiGeneration.V1Sysctl48"/>.</returns>
    public static AbiGeneration GenerationOf(uint interfaceVersion) =>
        interfaceVersion < InterfaceVersionOf48 ? AbiGeneration.V1Sysctl46 : AbiGeneration.V1Sysctl48;
}
