namespace TmemCore.Abi;

/// <summary>
/// Marks a partial struct as a C structure of the binary interface. From the order and the types of its
/// <see cref="AbiFieldAttribute">fields</see> the generator computes offsets and sizes by C's rules, for 64-bit and 32-bit
/// callers, and writes readers, writers, constants, equality, text form and layout metadata.
/// </summary>
/// <remarks>A structure without a name is the arm of a union, and is listed as part of the structure that contains it.</remarks>
/// <example>
/// <code>
/// [AbiStruct("my_record")]
/// public readonly partial struct MyRecord
/// {
///     [AbiField("id")] public uint Id { get; init; }
///     [AbiField("frame", Form = AbiForm.Word)] public ulong Frame { get; init; }
/// }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class AbiStructAttribute : Attribute
{
    /// <summary>Marks the arm of a union: a structure without a name of its own.</summary>
    public AbiStructAttribute()
    {
    }

    /// <summary>Marks a structure.</summary>
    /// <param name="name">Its C name, a C identifier such as <c>tmem_op</c>.</param>
    public AbiStructAttribute(string name) => Name = name;

    /// <summary>The C name, or null for the arm of a union.</summary>
    public string? Name { get; }

    /// <summary>The header it belongs to.</summary>
    public AbiHeader Header { get; set; }

    /// <summary>The first generation that has the structure.</summary>
    public AbiGeneration Since { get; set; }

    /// <summary>The last generation that has the structure.</summary>
    public AbiGeneration Until { get; set; } = AbiGeneration.V1Sysctl48;
}
