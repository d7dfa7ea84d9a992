namespace TmemCore.Generators.Models;

/// <summary>How a value is read and written in one layout.</summary>
internal enum AccessKind
{
    UInt8,
    Int8,
    UInt16,
    Int16,
    UInt32,
    Int32,
    UInt64,
    Int64,

    /// <summary>A <see cref="ulong"/> that stands in four bytes.</summary>
    NarrowWord,
    ObjectId,

    /// <summary>An object id that stands in eight bytes.</summary>
    NarrowObjectId,
    Uuid,
    Struct,

    /// <summary>No place in this layout.</summary>
    Absent,
}

/// <summary>Where a member is in one layout, in steps that need nothing but this record.</summary>
/// <param name="Member">The unescaped C# name.</param>
/// <param name="TypeName">The member's type in C#.</param>
/// <param name="Offset">From the start of the outermost structure.</param>
/// <param name="Parts">The members of a structure.</param>
/// <param name="Arm">Set where the member applies only for some values of a tag.</param>
internal sealed record Access(
    string Member,
    string TypeName,
    AccessKind Kind,
    bool IsEnum,
    int Offset,
    EquatableArray<Access> Parts,
    ArmCondition? Arm)
{
    /// <summary>Whether every value of the type has a form here.</summary>
    public bool CanOverflow => Kind is AccessKind.NarrowWord or AccessKind.NarrowObjectId or AccessKind.Absent;
}

/// <summary>For which values of the tag an arm applies: the listed ones, or all but the listed ones.</summary>
internal sealed record ArmCondition(string TagMember, int TagOffset, EquatableArray<uint> Tags, bool IsNegated);

/// <summary>A value the bytes must hold: the number of the op, or of the command around it.</summary>
internal sealed record TagValue(int Offset, uint Value);
