using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TmemCore.Abi;
using TmemCore.Generators;

namespace TmemCore.Benchmarks.Generators;

/// <summary>
/// A project in memory with so many annotated types, each in a file of its own: half structures, half ops in families of
/// fifty. One more file has nothing to do with them. Each run of the generator gets a compilation that nobody has looked
/// at, as it is while somebody types.
/// </summary>
internal sealed class AnnotatedProject
{
    private const int OpsPerFamily = 50;

    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(static path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(TmemOp).Assembly.Location),
    ];

    private readonly SyntaxTree[] _unrelated;
    private readonly SyntaxTree[] _annotated;
    private readonly bool _isTracked;
    private CSharpCompilation _compilation;
    private GeneratorDriver _driver;

    /// <summary>Makes the project and runs the generator over it once.</summary>
    /// <param name="types">How many annotated types it has.</param>
    /// <param name="isTracked">Whether runs note what each step made, which takes time that no editor spends.</param>
    public AnnotatedProject(int types, bool isTracked = false)
    {
        _isTracked = isTracked;
        SyntaxTree[] trees = [.. Sources(types).Select(Parse)];
        _compilation = CSharpCompilation.Create("Project", trees, s_references, new(OutputKind.DynamicallyLinkedLibrary));
        _driver = Driver().RunGenerators(_compilation);
        int made = _driver.GetRunResult().Results[0].GeneratedSources.Length;
        if (made < types)
        {
            throw new InvalidDataException($"The generator wrote {made} files for {types} types.");
        }

        _unrelated = [trees[0], Parse("public class Unrelated { public int Number => 2; }")];
        _annotated = [trees[1], Parse(Struct(0, "ulong"))];
    }

    /// <summary>A driver that has not seen anything yet over the whole project.</summary>
    public GeneratorDriver Cold() => Driver().RunGenerators(_compilation.Clone());

    /// <summary>Another number in the file without annotated types.</summary>
    public GeneratorDriver EditUnrelated() => Edit(_unrelated);

    /// <summary>Another type of a field in one structure.</summary>
    public GeneratorDriver EditOneType() => Edit(_annotated);

    private CSharpGeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new AbiGenerator().AsSourceGenerator()],
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: _isTracked));

    private GeneratorDriver Edit(SyntaxTree[] versions)
    {
        SyntaxTree now = versions.First(tree => !_compilation.ContainsSyntaxTree(tree));
        SyntaxTree before = versions.First(_compilation.ContainsSyntaxTree);
        _compilation = _compilation.ReplaceSyntaxTree(before, now);
        return _driver = _driver.RunGenerators(_compilation);
    }

    private static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(source);

    private static IEnumerable<string> Sources(int types)
    {
        yield return "public class Unrelated { public int Number => 1; }";
        for (int i = 0; i < types; i++)
        {
            yield return i % 2 == 0 ? Struct(i, "uint") : Op(i);
        }

        for (int family = 0; family <= types / 2 / OpsPerFamily; family++)
        {
            yield return Text($"[TmemCore.Abi.AbiFamily(typeof(TmemCore.Abi.TmemOp))] public static partial class Ops{family} {{ }}");
        }
    }

    private static string Struct(int number, string type) => Text($$"""
        using TmemCore.Abi;

        namespace Project.Records;

        [AbiStruct("record_{{number}}")]
        public readonly partial struct Record{{number}}
        {
            [AbiField("kind")] public uint Kind { get; init; }
            [AbiField("value")] public {{type}} Value { get; init; }
            [AbiField("oid")] public TmemCore.ObjectId Object { get; init; }
            [AbiField("frame", Form = AbiForm.Word)] public ulong Frame { get; init; }
        }
        """);

    private static string Op(int number) => Text($$"""
        using TmemCore.Abi;

        namespace Project.Ops;

        [AbiOp(typeof(Ops{{number / 2 / OpsPerFamily}}), {{200 + number}})]
        public readonly partial struct Numbered{{number}}Op
        {
            public int PoolId { get; init; }
            public TmemCore.ObjectId Object { get; init; }
            public uint Index { get; init; }
        }
        """);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
