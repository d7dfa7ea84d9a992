using System.Collections.Generic;
using System.Linq;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Layout;

/// <summary>Turns a layout into the steps that read and write it.</summary>
internal static class AccessPlanner
{
    /// <summary>The condition of an arm the generation does not have.</summary>
    private static readonly ArmCondition s_never = new("", 0, default, false);

    /// <summary>A step for every member of the structure, in the order of the definition.</summary>
    public static EquatableArray<Access> Plan(StructLayout layout, int baseOffset = 0)
    {
        List<Access> accesses = [];
        foreach (FieldDefinition field in layout.Definition.Fields)
        {
            FieldLayout? place = Find(layout, field.Member);
            accesses.Add(place is null
                ? Absent(field.Member, field.Type) with { Arm = field.IsArm ? s_never : null }
                : Plan(place, baseOffset, field.Member, field.Type) with { Arm = Condition(layout, field, baseOffset) });
        }

        return new EquatableArray<Access>(accesses);
    }

    /// <summary>The step for one place, read into a member of another name and type of the same kind.</summary>
    public static Access Plan(FieldLayout place, int baseOffset, string member, FieldType type) => new(
        member,
        type.TypeName,
        Kind(place),
        type.IsEnum,
        baseOffset + place.Offset,
        place.Struct is null ? default : Plan(place.Struct, baseOffset + place.Offset),
        null);

    public static Access Absent(string member, FieldType type) =>
        new(member, type.TypeName, AccessKind.Absent, type.IsEnum, 0, default, null);

    /// <summary>Where a member is read from, or null where the generation does not have it.</summary>
    public static FieldLayout? Find(StructLayout layout, string member) =>
        layout.Fields.FirstOrDefault(field => !field.IsSecondName && field.Field.Member == member);

    private static ArmCondition? Condition(StructLayout layout, FieldDefinition field, int baseOffset)
    {
        if (!field.IsArm)
        {
            return null;
        }

        FieldLayout tag = layout.Fields.First(candidate => candidate.Field.IsTag);
        IEnumerable<uint> tags = field.Tags.Count > 0
            ? field.Tags
            : layout.Fields.Where(other => other.Field.IsArm && !other.IsSecondName).SelectMany(other => other.Field.Tags);
        return new ArmCondition(
            tag.Field.Member, baseOffset + tag.Offset, new(tags.OrderBy(value => value)), field.Tags.Count == 0);
    }

    private static AccessKind Kind(FieldLayout place) => (place.Field.Type.Kind, place.Name.Form, place.Size) switch
    {
        (_, WireForm.Word or WireForm.Pointer, 4) => AccessKind.NarrowWord,
        (_, WireForm.FirstWord, _) => AccessKind.NarrowObjectId,
        (ValueKind.UInt8, _, _) => AccessKind.UInt8,
        (ValueKind.Int8, _, _) => AccessKind.Int8,
        (ValueKind.UInt16, _, _) => AccessKind.UInt16,
        (ValueKind.Int16, _, _) => AccessKind.Int16,
        (ValueKind.UInt32, _, _) => AccessKind.UInt32,
        (ValueKind.Int32, _, _) => AccessKind.Int32,
        (ValueKind.UInt64, _, _) => AccessKind.UInt64,
        (ValueKind.Int64, _, _) => AccessKind.Int64,
        (ValueKind.ObjectId, _, _) => AccessKind.ObjectId,
        (ValueKind.Uuid, _, _) => AccessKind.Uuid,
        _ => AccessKind.Struct,
    };
}
