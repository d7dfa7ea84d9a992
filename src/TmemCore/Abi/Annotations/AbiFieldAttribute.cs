namespace TmemCore.Abi;

/// <summary>
/// Gives a member of an <see cref="AbiStructAttribute">ABI structure</see> its place in the bytes. The order of the members
/// is the order of the fields. Several attributes on one member describe several generations, or several names of the
/// same bytes within a union; of the latter the first one is read and written.
/// </summary>
/// <remarks>
/// A name with a dot, <c>u.gen</c>, is the arm of a union before the dot; neighbours with the same union overlay each
/// other. Nothing before the dot, <c>.gen</c>, makes the union anonymous.
/// </remarks>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true)]
public sealed class AbiFieldAttribute : Attribute
{
    /// <summary>Places the member.</summary>
    /// <param name="name">Its C name, with a dot where it is the arm of a union.</param>
    public AbiFieldAttribute(string name) => Name = name;

    /// <summary>The C name.</summary>
    public string Name { get; }

    /// <summary>How the value stands in the bytes.</summary>
    public AbiForm Form { get; set; }

    /// <summary>The first generation this describes.</summary>
    public AbiGeneration Since { get; set; }

    /// <summary>The last generation this describes.</summary>
    public AbiGeneration Until { get; set; } = AbiGeneration.V1Sysctl48;

    /// <summary>For a second name in a union: so many plain bytes, which only make room.</summary>
    public int Bytes { get; set; }

    /// <summary>For a second name in a union: the bit-fields of it, lowest bit first, such as <c>frozen:1 compress:1</c>.</summary>
    public string? Bits { get; set; }
}
