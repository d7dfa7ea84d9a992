using System;
using System.Collections.Generic;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Layout;

/// <summary>
/// Lays structures out as a C compiler for x86 does: each field at the next multiple of its alignment, the arms of a union on
/// top of each other, the whole a multiple of the largest alignment. A 64-bit integer is aligned to 8 on x86-64 (LP64) and
/// to 4 on i386, unless it is declared otherwise.
/// </summary>
internal static class LayoutEngine
{
    public static StructLayout Compute(StructDefinition definition, AbiPoint point)
    {
        List<FieldLayout> fields = [];
        List<UnionLayout> unions = [];
        int end = 0;
        int alignment = 1;
        int padding = 0;
        string? padded = null;
        List<(FieldDefinition Field, WireName Name, bool Second)> names = Present(definition, point.Generation);
        for (int i = 0; i < names.Count;)
        {
            int count = RunLength(names, i);
            (int size, int runAlignment) = Measure(names, i, count, point);
            int offset = AlignUp(end, runAlignment);
            if (offset != end && padded is null)
            {
                padding = offset - end;
                padded = names[i].Field.Member;
            }

            if (names[i].Name.Union is string union)
            {
                unions.Add(new UnionLayout(union, offset, size, fields.Count, count));
            }

            for (int k = i; k < i + count; k++)
            {
                fields.Add(Place(names[k], offset, point));
            }

            end = offset + size;
            alignment = Math.Max(alignment, runAlignment);
            i += count;
        }

        return new StructLayout(
            definition, point, AlignUp(end, alignment), alignment, padding, padded, new(fields), new(unions));
    }

    private static List<(FieldDefinition Field, WireName Name, bool Second)> Present(
        StructDefinition definition, int generation)
    {
        List<(FieldDefinition, WireName, bool)> names = [];
        foreach (FieldDefinition field in definition.Fields)
        {
            bool second = false;
            foreach (WireName name in field.Names)
            {
                if (name.Range.Contains(generation))
                {
                    names.Add((field, name, second));
                    second = true;
                }
            }
        }

        return names;
    }

    /// <summary>How many names from here on share a union; one where there is none.</summary>
    private static int RunLength(List<(FieldDefinition Field, WireName Name, bool Second)> names, int start)
    {
        string? union = names[start].Name.Union;
        int count = 1;
        while (union is not null && start + count < names.Count && names[start + count].Name.Union == union)
        {
            count++;
        }

        return count;
    }

    private static (int Size, int Alignment) Measure(
        List<(FieldDefinition Field, WireName Name, bool Second)> names, int start, int count, AbiPoint point)
    {
        int size = 0;
        int alignment = 1;
        for (int i = start; i < start + count; i++)
        {
            (int fieldSize, int fieldAlignment, _) = Measure(names[i].Field.Type, names[i].Name, point);
            size = Math.Max(size, fieldSize);
            alignment = Math.Max(alignment, fieldAlignment);
        }

        return (AlignUp(size, alignment), alignment);
    }

    private static FieldLayout Place(
        (FieldDefinition Field, WireName Name, bool Second) entry, int offset, AbiPoint point)
    {
        (int size, int alignment, StructLayout? inner) = Measure(entry.Field.Type, entry.Name, point);
        return new FieldLayout(entry.Field, entry.Name, offset, size, alignment, inner, entry.Second);
    }

    private static (int Size, int Alignment, StructLayout? Struct) Measure(FieldType type, WireName name, AbiPoint point)
    {
        if (name.Bytes > 0)
        {
            return (name.Bytes, 1, null);
        }

        if (name.Bits is string bits)
        {
            int unit = BitFields.UnitBytes(bits);
            return (unit, unit, null);
        }

        if (type.Struct is StructDefinition definition)
        {
            StructLayout inner = Compute(definition, point);
            return (inner.Size, inner.Alignment, inner);
        }

        int word = point.Is64 ? 8 : 4;
        return name.Form switch
        {
            WireForm.Word or WireForm.Pointer => (word, word, null),
            WireForm.FirstWord => (8, word, null),
            WireForm.Aligned => (NaturalSize(type.Kind), 8, null),
            WireForm.AlignedPointer => (8, 8, null),
            _ => (NaturalSize(type.Kind), Math.Min(NaturalAlignment(type.Kind), word), null),
        };
    }

    private static int NaturalSize(ValueKind kind) => kind switch
    {
        ValueKind.UInt8 or ValueKind.Int8 => 1,
        ValueKind.UInt16 or ValueKind.Int16 => 2,
        ValueKind.UInt32 or ValueKind.Int32 => 4,
        ValueKind.Uuid => 16,
        ValueKind.ObjectId => 24,
        _ => 8,
    };

    private static int NaturalAlignment(ValueKind kind) => Math.Min(NaturalSize(kind), 8);

    private static int AlignUp(int value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
