using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TmemCore.Generators.Emission;
using TmemCore.Generators.Models;
using TmemCore.Generators.Parsing;

namespace TmemCore.Generators;

/// <summary>
/// Writes readers, writers, dispatchers and call stubs for annotated structures, ops and families. A value machine: symbols
/// are turned into records in the first step, records into text in the last, and every step has a name.
/// </summary>
/// <remarks>A definition with a problem is passed over here and reported by the rules, which read it with the same parsers.</remarks>
[Generator(LanguageNames.CSharp)]
public sealed class AbiGenerator : IIncrementalGenerator
{
    /// <summary>The names of the steps, first to last.</summary>
    internal static readonly string[] Steps =
        ["StructSources", "StructModels", "StructTexts", "OpModels", "OpTexts", "OpSummaries", "FamilyModels", "FamilyOps", "FamilyTexts"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        RegisterStructs(context);
        IncrementalValuesProvider<OpModel> ops = RegisterOps(context);
        RegisterFamilies(context, ops);
    }

    private static void RegisterStructs(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<GeneratedFile> files = context.SyntaxProvider
            .ForAttributeWithMetadataName(AbiNames.Struct, IsType, (target, token) => Parse(target, StructParser.Read, token))
            .WithTrackingName("StructSources")
            .Where(source => source is not null)
            .Select((source, _) => StructParser.Model(source!))
            .WithTrackingName("StructModels")
            .Select((model, _) => new GeneratedFile(model.Type.HintName, StructEmitter.Emit(model)))
            .WithTrackingName("StructTexts");
        context.RegisterSourceOutput(files, Add);
    }

    private static IncrementalValuesProvider<OpModel> RegisterOps(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<OpModel> ops = context.SyntaxProvider
            .ForAttributeWithMetadataName(AbiNames.Op, IsType, (target, token) => Parse(target, OpParser.Parse, token))
            .WithTrackingName("OpModels")
            .Where(model => model is not null)!;
        IncrementalValuesProvider<GeneratedFile> files = ops
            .Select((model, _) => new GeneratedFile(model.Type.HintName, OpEmitter.Emit(model)))
            .WithTrackingName("OpTexts");
        context.RegisterSourceOutput(files, Add);
        return ops;
    }

    private static void RegisterFamilies(
        IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<OpModel> ops)
    {
        IncrementalValueProvider<ImmutableArray<OpSummary>> summaries = ops
            .Select((model, _) => model.Summary)
            .WithTrackingName("OpSummaries")
            .Collect();
        IncrementalValuesProvider<GeneratedFile> files = context.SyntaxProvider
            .ForAttributeWithMetadataName(AbiNames.Family, IsType, (target, token) => Parse(target, FamilyParser.Parse, token))
            .WithTrackingName("FamilyModels")
            .Where(model => model is not null)
            .Combine(summaries)
            .Combine(context.CompilationProvider.Select((compilation, _) => MaySkipLocalsInit(compilation)))
            .Select((pair, _) => Gather(pair.Left.Left!, pair.Left.Right, pair.Right))
            .WithTrackingName("FamilyOps")
            .Where(family => FamilyRules.Clashes(family.Family, family.Ops).Count == 0)
            .Select((family, _) => new GeneratedFile(family.Family.Type.HintName, FamilyEmitter.Emit(family)))
            .WithTrackingName("FamilyTexts");
        context.RegisterSourceOutput(files, Add);
    }

    private static bool IsType(SyntaxNode node, CancellationToken token) => node is TypeDeclarationSyntax;

    private static FamilyWithOps Gather(FamilyModel family, ImmutableArray<OpSummary> ops, bool skipsLocalsInit) => new(
        family,
        new(ops.Where(op => op.FamilyName == family.Type.FullName)
            .OrderBy(op => op.Number)
            .ThenBy(op => op.Range.Since)
            .ThenBy(op => op.FullName, System.StringComparer.Ordinal)),
        skipsLocalsInit);

    /// <summary>The compiler takes the attribute only where unsafe code is allowed.</summary>
    private static bool MaySkipLocalsInit(Compilation compilation) =>
        compilation.Options is CSharpCompilationOptions { AllowUnsafe: true }
        && compilation.GetTypeByMetadataName("System.Runtime.CompilerServices.SkipLocalsInitAttribute") is not null;

    private static TModel? Parse<TModel>(
        GeneratorAttributeSyntaxContext target,
        System.Func<INamedTypeSymbol, ProblemList, TModel?> parse,
        CancellationToken token)
        where TModel : class
    {
        token.ThrowIfCancellationRequested();
        if (target.TargetSymbol is not INamedTypeSymbol type || !IsFirst(target, token))
        {
            return null;
        }

        ProblemList problems = new();
        TModel? model = parse(type, problems);
        return problems.AnyBlocks ? null : model;
    }

    /// <summary>Several parts of a type may carry the attribute; one file is enough.</summary>
    private static bool IsFirst(GeneratorAttributeSyntaxContext target, CancellationToken token)
    {
        INamedTypeSymbol? attributeClass = target.Attributes[0].AttributeClass;
        AttributeData first = target.TargetSymbol.GetAttributes()
            .First(attribute => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, attributeClass));
        return first.ApplicationSyntaxReference is not { } reference
            || target.TargetNode.FullSpan.Contains(reference.Span) && reference.SyntaxTree == target.TargetNode.SyntaxTree;
    }

    private static void Add(SourceProductionContext context, GeneratedFile file) =>
        context.AddSource(file.HintName + ".g.cs", file.Text);

    private sealed record GeneratedFile(string HintName, string Text);
}
