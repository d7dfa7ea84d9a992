using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TmemCore.Generators.Tests.Incremental;

public class IncrementalTests
{
    private const string Outer = """
        using TmemCore.Abi;
        [AbiStruct("outer")]
        public partial struct Outer
        {
            [AbiField("tag"), AbiTag] public uint Tag;
            [AbiField("inner")] public Inner Inner;
        }
        [AbiStruct("apart")]
        public partial struct Apart { [AbiField("value")] public uint Value; }
        """;

    private const string Inner = """
        using TmemCore.Abi;
        [AbiStruct("inner")]
        public partial struct Inner { [AbiField("value")] public uint Value; }
        """;

    private const string Ops = """
        using TmemCore.Abi;
        [AbiFamily(typeof(Outer))]
        public static partial class MyOps { }
        [AbiOp(typeof(MyOps), 1)]
        public partial struct FirstOp { public Inner Inner; }
        [AbiOp(typeof(MyOps), 2)]
        public partial struct SecondOp { }
        """;

    private const string Other = "public class Other { public int Number => 1; }";

    [Theory]
    [InlineData("public class Other { public int Number => 2; }")]
    [InlineData("public class Other { public int Number => 1; } // a remark")]
    [InlineData("namespace Elsewhere { public struct Unrelated { public int Field; } }")]
    public void An_unrelated_edit_regenerates_nothing(string edited)
    {
        (GeneratorRunResult result, _) = RunTwice([Outer, Inner, Ops, Other], compilation =>
            compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[3], Parse(edited)));
        AssertAll(result, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
    }

    [Fact]
    public void An_added_file_regenerates_nothing()
    {
        (GeneratorRunResult result, _) = RunTwice([Outer, Inner, Ops], compilation =>
            compilation.AddSyntaxTrees(Parse("public class Added { }")));
        AssertAll(result, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
    }

    [Fact]
    public void A_remark_in_the_definition_itself_regenerates_nothing()
    {
        (GeneratorRunResult result, _) = RunTwice([Outer, Inner, Ops], compilation =>
            compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], Parse(Inner.Replace("public uint", "/* wide */ public uint"))));
        AssertAll(result, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
    }

    [Fact]
    public void A_changed_nested_type_in_another_file_regenerates_what_contains_it_and_nothing_else()
    {
        (GeneratorRunResult result, string[] texts) = RunTwice([Outer, Inner, Ops], compilation =>
            compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], Parse(Inner.Replace("uint Value", "ulong Value"))));
        Assert.Equal(["Inner", "Outer"], Changed(result, "StructTexts"));
        Assert.Equal(["FirstOp", "SecondOp"], Changed(result, "OpTexts"));
        Assert.Equal(["MyOps"], Changed(result, "FamilyTexts"));
        Assert.Contains(texts, text => text.Contains("partial struct Outer") && text.Contains("public const int MaxSize = 16;"));
    }

    [Fact]
    public void A_new_op_in_another_file_regenerates_its_family_and_no_other_op()
    {
        (GeneratorRunResult result, string[] texts) = RunTwice([Outer, Inner, Ops], compilation =>
            compilation.AddSyntaxTrees(Parse("""
                using TmemCore.Abi;
                [AbiOp(typeof(MyOps), 3)]
                public partial struct ThirdOp { }
                """)));
        Assert.Empty(Changed(result, "StructTexts"));
        Assert.Equal(["ThirdOp"], Changed(result, "OpTexts"));
        Assert.Equal(["MyOps"], Changed(result, "FamilyTexts"));
        Assert.Contains(texts, text => text.Contains("long OnThird(in global::ThirdOp op);"));
    }

    [Fact]
    public void Every_step_has_its_name_and_holds_values_only()
    {
        GeneratorRunResult result = Harness.Driver().RunGenerators(Harness.Compile(Outer, Inner, Ops)).GetRunResult().Results[0];
        foreach (string step in AbiGenerator.Steps)
        {
            Assert.Contains(step, result.TrackedSteps.Keys);
            foreach (object value in Outputs(result, step))
            {
                ValueGraph.AssertValuesOnly(value);
            }
        }
    }

    [Fact]
    public void The_walk_over_values_finds_a_symbol_that_hides()
    {
        CSharpCompilation compilation = Harness.Compile(Outer, Inner);
        object hidden = new { Deep = new object[] { 1, Tuple.Create("x", (object)compilation.GlobalNamespace) } };
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ValueGraph.AssertValuesOnly(hidden));
    }

    [Fact]
    public void An_old_compilation_can_be_collected()
    {
        (GeneratorDriver driver, WeakReference old) = RunAndForget();
        for (int i = 0; i < 10 && old.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(old.IsAlive);
        GC.KeepAlive(driver);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (GeneratorDriver Driver, WeakReference Old) RunAndForget()
    {
        CSharpCompilation first = Harness.Compile(Outer, Inner, Ops, Other);
        GeneratorDriver driver = Harness.Driver().RunGenerators(first);
        driver = driver.RunGenerators(first.ReplaceSyntaxTree(first.SyntaxTrees[3], Parse("public class Another { }")));
        return (driver, new WeakReference(first));
    }

    private static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(source);

    private static (GeneratorRunResult Result, string[] Texts) RunTwice(
        string[] sources, Func<CSharpCompilation, CSharpCompilation> edit)
    {
        CSharpCompilation first = Harness.Compile(sources);
        GeneratorDriver driver = Harness.Driver().RunGenerators(first);
        Assert.NotEmpty(driver.GetRunResult().Results[0].GeneratedSources);
        GeneratorRunResult result = driver.RunGenerators(edit(first)).GetRunResult().Results[0];
        return (result, [.. result.GeneratedSources.Select(file => file.SourceText.ToString())]);
    }

    private static IEnumerable<object> Outputs(GeneratorRunResult result, string step) =>
        result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Value);

    private static void AssertAll(GeneratorRunResult result, params IncrementalStepRunReason[] allowed)
    {
        foreach (string step in AbiGenerator.Steps)
        {
            Assert.All(
                result.TrackedSteps[step].SelectMany(run => run.Outputs),
                output => Assert.Contains(output.Reason, allowed));
        }

        Assert.All(
            result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    /// <summary>The names of the types whose text a step made anew.</summary>
    private static string[] Changed(GeneratorRunResult result, string step) =>
    [
        .. result.TrackedSteps[step]
            .SelectMany(run => run.Outputs)
            .Where(output => output.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified)
            .Select(output => output.Value.ToString()!.Split("HintName = ")[1].Split('.')[0])
            .Order(StringComparer.Ordinal),
    ];
}
