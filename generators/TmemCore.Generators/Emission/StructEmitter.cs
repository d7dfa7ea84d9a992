using System.Collections.Generic;
using System.Linq;
using TmemCore.Generators.Models;
using TmemCore.Generators.Text;

namespace TmemCore.Generators.Emission;

/// <summary>From the model of a structure to the text of its file.</summary>
internal static class StructEmitter
{
    public static string Emit(StructModel model)
    {
        CodeVariant[] variants = model.Variants
            .Select(variant => new CodeVariant(variant.Points, variant.Size, default, variant.Members))
            .ToArray();
        bool equality = TypeWriter.HasGeneratedEquality(model.Type);
        string baseList = equality ? $" : global::System.IEquatable<{model.Type.FullName}>" : "";
        return TypeWriter.WriteFile(model.Type, baseList, code =>
        {
            TypeWriter.WriteSizes(code, model.Type, variants);
            TypeWriter.WriteReader(code, model.Type, variants, isOp: false);
            TypeWriter.WriteWriter(code, model.Type, variants);
            if (model.CName is not null)
            {
                WriteLayouts(code, model, variants);
            }

            if (equality)
            {
                TypeWriter.WriteEquality(code, model.Type, model.Members);
            }

            if (!model.Type.IsRecord && !model.Type.HasOwnToString)
            {
                TypeWriter.WriteText(code, model.Type, model.Members);
            }

            TypeWriter.WriteVariants(code, model.Type, variants, isOp: false);
            WriteConstants(code, model);
        });
    }

    private static void WriteLayouts(CodeWriter code, StructModel model, IReadOnlyList<CodeVariant> variants)
    {
        code.Summary("Describes the layout, or returns null where the generation does not have the structure.");
        code.Line("/// <param name=\"abi\">The generation and word size.</param>");
        code.Line("/// <returns>A new description.</returns>");
        using (code.Open("public static global::TmemCore.Abi.AbiLayout? GetLayout(global::TmemCore.Abi.TmemAbi abi)"))
        using (code.Open("switch (abi.Index)"))
        {
            foreach (StructVariant variant in model.Variants)
            {
                TypeWriter.WriteCases(code, variant.Points);
                using (code.Indent())
                {
                    WriteLayout(code, model, variant);
                }
            }

            code.Line("default:");
            using (code.Indent())
            {
                code.Line("return null;");
            }
        }

        code.Separate();
    }

    private static void WriteLayout(CodeWriter code, StructModel model, StructVariant variant)
    {
        code.Line("return new global::TmemCore.Abi.AbiLayout(");
        using (code.Indent())
        {
            string header = Identifiers.Number(model.Header);
            code.Line($"{Identifiers.Literal(model.CName!)}, (global::TmemCore.Abi.AbiHeader){header}, abi,");
            code.Line($"{Identifiers.Number(variant.Size)}, {Identifiers.Number(variant.Alignment)},");
            code.Line(Identifiers.Literal(variant.Declaration) + ",");
            using (code.Open("new global::TmemCore.Abi.AbiLayoutField[]", "});"))
            {
                foreach (LayoutRow row in variant.Rows)
                {
                    code.Line(
                        $"new global::TmemCore.Abi.AbiLayoutField({Identifiers.Literal(row.Name)}, "
                        + $"{Identifiers.Literal(row.Designator)}, {Identifiers.Number(row.Offset)}, {Identifiers.Number(row.Size)}),");
                }
            }
        }
    }

    private static void WriteConstants(CodeWriter code, StructModel model)
    {
        foreach (StructVariant variant in model.Variants)
        {
            string name = model.Variants.Count == 1 ? "Layout" : "Layout" + variant.Points[0].Name;
            string points = string.Join(", ", variant.Points.Select(point => point.Name));
            code.Summary($"Size and offsets, in bytes, for {points}.");
            using (code.Open("public static class " + name))
            {
                code.Summary("The size, padding at the end included.");
                code.Line("public const int Size = " + Identifiers.Number(variant.Size) + ";");
                code.Separate();
                code.Summary("The alignment.");
                code.Line("public const int Alignment = " + Identifiers.Number(variant.Alignment) + ";");
                foreach (OffsetConstant offset in variant.Offsets)
                {
                    code.Separate();
                    code.Summary($"Where <c>{offset.CName}</c> begins; it has {Identifiers.Number(offset.Size)} bytes.");
                    code.Line($"public const int {offset.Member}Offset = {Identifiers.Number(offset.Offset)};");
                }
            }

            code.Separate();
        }
    }
}
