using System;
using System.Linq;
using TmemCore.Generators.Models;
using TmemCore.Generators.Text;

namespace TmemCore.Generators.Emission;

/// <summary>A family with its ops, in the order of their numbers.</summary>
/// <param name="SkipsLocalsInit">Whether methods may be marked to leave their locals as they are until they are set.</param>
internal sealed record FamilyWithOps(FamilyModel Family, EquatableArray<OpSummary> Ops, bool SkipsLocalsInit);

/// <summary>From a family and its ops to the text of its file: dispatcher, handler, call stubs and the list of ops.</summary>
internal static class FamilyEmitter
{
    private const string Abi = "global::TmemCore.Abi.TmemAbi";
    private const string Source = "global::System.ReadOnlySpan<byte>";
    private const string Binary = "global::System.Buffers.Binary.BinaryPrimitives.";

    public static string Emit(FamilyWithOps model) => TypeWriter.WriteFile(model.Family.Type, "", code =>
    {
        DispatchEmitter.Write(code, model);
        WriteNumber(code, model.Family);
        WriteOperations(code, model);
        WriteHandler(code, model);
        code.Separate();
        WriteCaller(code, model);
    });

    private static void WriteNumber(CodeWriter code, FamilyModel family)
    {
        code.Summary("Reads the number of an op without reading the op.");
        code.Line("/// <param name=\"abi\">The generation and word size the caller speaks.</param>");
        code.Line("/// <param name=\"op\">The bytes of the op.</param>");
        code.Line("/// <param name=\"number\">The number; zero where there is none.</param>");
        code.Line("/// <returns>False where the bytes are shorter than an op, or the generation has no such ops.</returns>");
        code.Line(TypeWriter.Inlined);
        using (code.Open($"public static bool TryReadNumber({Abi} abi, {Source} op, out uint number)"))
        {
            code.Line("int size = AbiVariantSizes[abi.Index];");
            using (code.Open("if (size == 0 || op.Length < size)"))
            {
                code.Line("number = 0u;");
                code.Line("return false;");
            }

            code.Separate();
            int[] offsets = family.Variants.Select(variant => variant.TagOffset).Distinct().ToArray();
            string offset = offsets.Length == 1 ? Identifiers.Number(offsets[0]) : "AbiVariantTags[abi.Index]";
            code.Line($"number = {Binary}ReadUInt32LittleEndian(op.Slice({offset}));");
            code.Line("return true;");
        }

        code.Separate();
        WriteTables(code, family);
    }

    /// <summary>Tables, since a switch over the generations costs a jump for each op; the compiler keeps them as plain data.</summary>
    private static void WriteTables(CodeWriter code, FamilyModel family)
    {
        WriteTable("AbiVariantSizes", variant => variant.Size);
        if (family.Variants.Select(variant => variant.TagOffset).Distinct().Count() > 1)
        {
            WriteTable("AbiVariantTags", variant => variant.TagOffset);
        }

        void WriteTable(string name, Func<FamilyVariant, int> value)
        {
            var byIndex = family.Variants
                .SelectMany(variant => variant.Points.Select(point => (point.Index, Value: value(variant))))
                .ToDictionary(entry => entry.Index, entry => entry.Value);
            string values = string.Join(", ", Enumerable.Range(0, 2 * AbiPoint.GenerationCount)
                .Select(index => Identifiers.Number(byIndex.TryGetValue(index, out int found) ? found : 0)));

            // Bytes lie in the program's own data even where the compiler does not optimize; wider numbers would be allocated.
            string type = byIndex.Values.All(number => number <= byte.MaxValue) ? "byte" : "ushort";
            code.Line($"private static global::System.ReadOnlySpan<{type}> {name} => new {type}[] {{ {values} }};");
            code.Separate();
        }
    }

    private static void WriteOperations(CodeWriter code, FamilyWithOps model)
    {
        const string Info = "global::TmemCore.Abi.AbiOpInfo";
        code.Summary("Lists the ops in the order of their numbers.");
        code.Line("/// <returns>A new list.</returns>");
        code.Line($"public static global::System.Collections.Generic.IReadOnlyList<{Info}> Operations() =>");
        using (code.Indent())
        using (code.Open($"new {Info}[]", "};"))
        {
            var entries = model.Ops.Select(op => (op.HandlerName, op.Number, op.Range))
                .Concat(model.Family.Nested.Select(nested => (HandlerName: nested.Name, nested.Number, nested.Range)))
                .OrderBy(entry => entry.Number)
                .ThenBy(entry => entry.Range.Since);
            foreach ((string name, uint number, Generations range) in entries)
            {
                code.Line(
                    $"new {Info}({Identifiers.Literal(name)}, {Identifiers.Number(number)}, "
                    + $"{Generation(range.Since)}, {Generation(range.Until)}),");
            }
        }

        code.Separate();
    }

    private static string Generation(int generation) =>
        "global::TmemCore.Abi.AbiGeneration." + AbiPoint.GenerationName(generation);

    private static void WriteHandler(CodeWriter code, FamilyWithOps model)
    {
        code.Summary("What acts on the ops: one method for each, the same for every generation and word size.");
        using (code.Open("public interface IHandler"))
        {
            foreach (NestedModel nested in model.Family.Nested)
            {
                code.Summary($"Called with the bytes of {nested.Name} ({Number(nested.Number)}), which hold an op of another family.");
                code.Line("/// <param name=\"abi\">The generation and word size the caller speaks.</param>");
                code.Line("/// <param name=\"op\">The bytes.</param>");
                code.Line("/// <returns>The answer to the caller.</returns>");
                code.Line($"long On{nested.Name}({Abi} abi, {Source} op);");
                code.Separate();
            }

            foreach (OpSummary op in model.Ops)
            {
                code.Summary($"Called with a {Identifiers.Xml(op.DisplayName)} ({Number(op.Number)}).");
                code.Line("/// <param name=\"op\">The op.</param>");
                code.Line("/// <returns>The answer to the caller.</returns>");
                code.Line($"long On{op.HandlerName}(in {op.FullName} op);");
                code.Separate();
            }

            code.Summary("Called with every number the generation does not have.");
            code.Line("/// <param name=\"abi\">The generation and word size the caller speaks.</param>");
            code.Line("/// <param name=\"number\">The number.</param>");
            code.Line("/// <param name=\"op\">The bytes, as long as an op at least.</param>");
            code.Line("/// <returns>The answer to the caller.</returns>");
            code.Line($"long OnUnknown{model.Family.ShortName}({Abi} abi, uint number, {Source} op);");
        }
    }

    private static void WriteCaller(CodeWriter code, FamilyWithOps model)
    {
        code.Summary("The client's side: one method for each op, which writes its bytes and makes the call.");
        code.Line("/// <typeparam name=\"TPort\">The port's type; a struct is called without indirection.</typeparam>");
        code.Line("public readonly struct Caller<TPort>");
        using (code.Indent())
        {
            code.Line("where TPort : global::TmemCore.Abi.IOpPort");
        }

        using (code.OpenBrace())
        {
            code.Line($"private readonly {Abi} _abi;");
            code.Line("private readonly TPort _port;");
            code.Separate();
            code.Summary("Makes the stubs for a port.");
            code.Line("/// <param name=\"abi\">The generation and word size to write for.</param>");
            code.Line("/// <param name=\"port\">Where the calls go.</param>");
            using (code.Open($"public Caller({Abi} abi, TPort port)"))
            {
                code.Line("this._abi = abi;");
                code.Line("this._port = port;");
            }

            foreach (OpSummary op in model.Ops)
            {
                WriteStub(code, op);
            }
        }
    }

    private static void WriteStub(CodeWriter code, OpSummary op)
    {
        code.Separate();
        code.Summary($"Calls {Identifiers.Xml(op.HandlerName)} ({Number(op.Number)}).");
        code.Line("/// <param name=\"op\">The op.</param>");
        code.Line("/// <returns>The other side's answer.</returns>");
        code.Line("/// <exception cref=\"global::System.NotSupportedException\">The generation does not have it.</exception>");
        code.Line("/// <exception cref=\"global::System.OverflowException\">A value does not fit; no call was made.</exception>");
        using (code.Open($"public long {Identifiers.Escape(op.HandlerName)}(in {op.FullName} op)"))
        {
            code.Line($"global::System.Span<byte> bytes = stackalloc byte[{Identifiers.Number(op.MaxSize)}];");
            code.Line("int length = op.Write(this._abi, bytes);");
            code.Line("return this._port.Call(bytes.Slice(0, length));");
        }
    }

    private static string Number(uint number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
