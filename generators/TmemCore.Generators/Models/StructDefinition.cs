namespace TmemCore.Generators.Models;

/// <summary>The kinds of value the ABI knows.</summary>
internal enum ValueKind
{
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    UInt64,
    Int64,
    ObjectId,
    Uuid,
    Struct,
}

/// <summary>The forms a value can have in the bytes; the numbers are those of the attribute's enumeration.</summary>
internal enum WireForm
{
    Natural = 0,
    Word = 1,
    Pointer = 2,
    FirstWord = 3,
    Aligned = 4,
    AlignedPointer = 5,
}

/// <summary>The type of a member: its kind, its name in C#, and its definition where it is a structure.</summary>
internal sealed record FieldType(ValueKind Kind, string TypeName, bool IsEnum, StructDefinition? Struct);

/// <summary>One name of a member in the bytes, for a range of generations.</summary>
internal sealed record WireName(string Name, Generations Range, WireForm Form, int Bytes, string? Bits)
{
    /// <summary>The union the name is an arm of, an empty string for an anonymous one, or null.</summary>
    public string? Union => Name.LastIndexOf('.') is int dot and >= 0 ? Name.Substring(0, dot) : null;

    /// <summary>The name after the dot.</summary>
    public string Leaf => Name.Substring(Name.LastIndexOf('.') + 1);

    /// <summary>Whether this only makes room, so that nothing can be read from it.</summary>
    public bool IsRoom => Bytes > 0 || Bits is not null;
}

/// <summary>A member of a structure.</summary>
/// <param name="Member">The C# name, unescaped.</param>
/// <param name="Tags">For the arm of a union the values of the tag, none for the arm of all others; null for other members.</param>
internal sealed record FieldDefinition(
    string Member,
    FieldType Type,
    EquatableArray<WireName> Names,
    bool IsTag,
    bool IsArm,
    EquatableArray<uint> Tags);

/// <summary>A C structure as the annotations define it, before any offset is computed.</summary>
internal sealed record StructDefinition(
    string TypeName,
    string? CName,
    int Header,
    Generations Range,
    EquatableArray<FieldDefinition> Fields);
