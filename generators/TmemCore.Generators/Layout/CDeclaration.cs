using System.Linq;
using System.Text;
using TmemCore.Generators.Models;
using TmemCore.Generators.Text;

namespace TmemCore.Generators.Layout;

/// <summary>
/// Writes a structure as a C declaration that a compiler for either word size lays out as the engine did. The aligned forms
/// use GCC's attribute, as the original's headers do.
/// </summary>
internal static class CDeclaration
{
    private const string Aligned = "__attribute__((aligned(8))) ";

    public static string Write(StructLayout layout)
    {
        StringBuilder text = new();
        text.Append("struct ").Append(layout.Definition.CName).Append(" {\n");
        WriteBody(text, layout, 1);
        return text.Append("};\n").ToString();
    }

    private static void WriteBody(StringBuilder text, StructLayout layout, int depth)
    {
        for (int i = 0; i < layout.Fields.Count;)
        {
            UnionLayout? union = layout.Unions.FirstOrDefault(candidate => candidate.FirstField == i);
            if (union is null)
            {
                WriteField(text, layout.Fields[i], depth);
                i++;
                continue;
            }

            Indent(text, depth).Append("union {\n");
            for (int k = 0; k < union.FieldCount; k++)
            {
                WriteField(text, layout.Fields[i + k], depth + 1);
            }

            Indent(text, depth).Append(union.Name.Length > 0 ? "} " : "}").Append(union.Name).Append(";\n");
            i += union.FieldCount;
        }
    }

    private static void WriteField(StringBuilder text, FieldLayout field, int depth)
    {
        string name = field.Name.Leaf;
        if (field.Name.Bits is string bits)
        {
            WriteBits(text, bits, name, depth);
        }
        else if (field.Name.Bytes > 0)
        {
            Indent(text, depth).Append("uint8_t ").Append(name).Append('[').Append(Identifiers.Number(field.Size)).Append("];\n");
        }
        else if (field.Struct is { Definition.CName: null } inner)
        {
            Indent(text, depth).Append("struct {\n");
            WriteBody(text, inner, depth + 1);
            Indent(text, depth).Append("} ").Append(name).Append(";\n");
        }
        else
        {
            Indent(text, depth).Append(TypeText(field)).Append(name).Append(ArrayText(field)).Append(";\n");
        }
    }

    private static void WriteBits(StringBuilder text, string bits, string name, int depth)
    {
        int unit = BitFields.UnitBytes(bits) * 8;
        Indent(text, depth).Append("struct {\n");
        foreach ((string field, int width) in BitFields.Parse(bits)!)
        {
            Indent(text, depth + 1).Append("uint").Append(Identifiers.Number(unit)).Append("_t ")
                .Append(field).Append(" : ").Append(Identifiers.Number(width)).Append(";\n");
        }

        Indent(text, depth).Append("} ").Append(name).Append(";\n");
    }

    private static string TypeText(FieldLayout field) => (field.Field.Type.Kind, field.Name.Form) switch
    {
        (_, WireForm.Word) => "unsigned long ",
        (_, WireForm.Pointer) => "void *",
        (_, WireForm.FirstWord) => "uint64_t ",
        (_, WireForm.AlignedPointer) => "uint64_t " + Aligned,
        (ValueKind.Struct, _) => "struct " + field.Struct!.Definition.CName + " ",
        (ValueKind.Int64, WireForm.Aligned) => "int64_t " + Aligned,
        (_, WireForm.Aligned) => "uint64_t " + Aligned,
        (ValueKind.ObjectId or ValueKind.Uuid, _) => "uint64_t ",
        (ValueKind kind, _) => kind.ToString().ToLowerInvariant() + "_t ",
    };

    private static string ArrayText(FieldLayout field) => (field.Field.Type.Kind, field.Name.Form) switch
    {
        (_, WireForm.FirstWord) => "",
        (ValueKind.ObjectId, _) => "[3]",
        (ValueKind.Uuid, _) => "[2]",
        _ => "",
    };

    private static StringBuilder Indent(StringBuilder text, int depth) => text.Append(' ', depth * 4);
}
