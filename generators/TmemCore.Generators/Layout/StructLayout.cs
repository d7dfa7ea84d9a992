using TmemCore.Generators.Models;

namespace TmemCore.Generators.Layout;

/// <summary>Where one name of a member is, from the start of its structure.</summary>
/// <param name="IsSecondName">Whether an earlier name of the same member is the one that is read.</param>
internal sealed record FieldLayout(
    FieldDefinition Field,
    WireName Name,
    int Offset,
    int Size,
    int Alignment,
    StructLayout? Struct,
    bool IsSecondName);

/// <summary>A union: where it is and how large.</summary>
internal sealed record UnionLayout(string Name, int Offset, int Size, int FirstField, int FieldCount);

/// <summary>A structure laid out for one generation and word size.</summary>
internal sealed record StructLayout(
    StructDefinition Definition,
    AbiPoint Point,
    int Size,
    int Alignment,
    int PaddingBefore,
    string? PaddedMember,
    EquatableArray<FieldLayout> Fields,
    EquatableArray<UnionLayout> Unions);
