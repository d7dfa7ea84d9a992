namespace TmemCore.Abi;

/// <summary>Where the fields of a structure are, in one generation and word size. Generated code makes these on request.</summary>
public sealed class AbiLayout
{
    private static readonly string[] s_guestLabels =
        ["v0-may2009", "v0-aug2009_to_4.0.1", "v1-4.0.2_to_4.5", "v1-4.6_to_4.12", "v1-4.6_to_4.12"];

    private static readonly string[] s_sysctlLabels = ["", "", "", "sysctl-4.6_to_4.7", "sysctl-4.8_to_4.12"];

    /// <summary>Describes a layout.</summary>
    /// <param name="name">The structure's C name.</param>
    /// <param name="header">The header the structure belongs to.</param>
    /// <param name="abi">The generation and word size.</param>
    /// <param name="sizeBytes">The size of the structure, padding at its end included.</param>
    /// <param name="alignmentBytes">The alignment of the structure.</param>
    /// <param name="declaration">The structure as a C declaration, the same for both word sizes.</param>
    /// <param name="fields">The fields in the order of the declaration.</param>
    public AbiLayout(
        string name,
        AbiHeader header,
        TmemAbi abi,
        int sizeBytes,
        int alignmentBytes,
        string declaration,
        IReadOnlyList<AbiLayoutField> fields)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(declaration);
        ArgumentNullException.ThrowIfNull(fields);
        Name = name;
        Header = header;
        Abi = abi;
        SizeBytes = sizeBytes;
        AlignmentBytes = alignmentBytes;
        Declaration = declaration;
        Fields = fields;
    }

    /// <summary>The structure's C name.</summary>
    public string Name { get; }

    /// <summary>The header the structure belongs to.</summary>
    public AbiHeader Header { get; }

    /// <summary>The generation and word size.</summary>
    public TmemAbi Abi { get; }

    /// <summary>The size of the structure, padding at its end included.</summary>
    public int SizeBytes { get; }

    /// <summary>The alignment of the structure.</summary>
    public int AlignmentBytes { get; }

    /// <summary>The structure as a C declaration, the same for both word sizes.</summary>
    public string Declaration { get; }

    /// <summary>The fields in the order of the declaration.</summary>
    public IReadOnlyList<AbiLayoutField> Fields { get; }

    /// <summary>
    /// The releases whose header this is, such as <c>v1-4.0.2_to_4.5</c>. Two generations have the same label where only the
    /// other header changed.
    /// </summary>
    public string Release => (Header == AbiHeader.Guest ? s_guestLabels : s_sysctlLabels)[(int)Abi.Generation];

    /// <summary>The releases and the machine, such as <c>v1-4.0.2_to_4.5/x86_32</c>.</summary>
    public string Label => Release + (Abi.WordSize == AbiWordSize.Bits64 ? "/x86_64" : "/x86_32");
}
