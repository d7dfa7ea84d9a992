using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace TmemCore.Analyzers.Tests.Harness;

internal static partial class Verify
{
    private const int RoundsMax = 50;

    /// <summary>
    /// The marked places are reported; repairing them one after the other gives <paramref name="after"/>, and so does
    /// repairing all at once; the result compiles, and the rule has nothing left to say.
    /// </summary>
    /// <param name="id">The rule.</param>
    /// <param name="marked">The source, with marks.</param>
    /// <param name="after">The source when all is repaired.</param>
    /// <param name="key">The equivalence key of the action; the first offered where null.</param>
    /// <param name="scene">What surrounds the source.</param>
    public static async Task FixesAsync(string id, string marked, string after, string? key = null, Scene? scene = null)
    {
        scene ??= Scene.Default;
        await ReportsAsync(id, marked, scene);
        string before = Markup.Read(marked, id).Source;
        using var workspace = new AdhocWorkspace();

        Document single = DocumentOf(workspace, before, scene);
        string? chosen = key;
        for (int round = 0; await OfferAsync(single, id, chosen, scene) is CodeAction action; round++)
        {
            Assert.True(round < RoundsMax, $"Repairing {id} does not come to an end.");
            chosen ??= action.EquivalenceKey;
            single = await ApplyAsync(single, action);
        }

        Assert.Equal(after, (await single.GetTextAsync()).ToString());
        await CleanAsync(id, after, scene);

        string atOnce = await FixAllAsync(DocumentOf(workspace, before, scene), id, chosen, scene);
        Assert.Equal(after, atOnce);
    }

    /// <summary>The marked places are reported, and no action (of that equivalence key) is offered for them.</summary>
    public static async Task OffersNothingAsync(string id, string marked, string? key = null, Scene? scene = null)
    {
        scene ??= Scene.Default;
        await ReportsAsync(id, marked, scene);
        using var workspace = new AdhocWorkspace();
        Assert.Null(await OfferAsync(DocumentOf(workspace, Markup.Read(marked, id).Source, scene), id, key, scene));
    }

    private static async Task CleanAsync(string id, string after, Scene scene)
    {
        IReadOnlyList<Diagnostic> left = await FindAsync(after, scene);
        Assert.True(left.All(one => one.Id != id), $"{id} is still reported.\n{List(left.Select(one => one.ToString()))}\n\n{after}");
    }

    private static Document DocumentOf(AdhocWorkspace workspace, string source, Scene scene)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, SceneCompiler.ParseOptions(scene));
        var project = ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Create(), "Snippet", "Snippet", LanguageNames.CSharp,
            parseOptions: SceneCompiler.ParseOptions(scene),
            compilationOptions: SceneCompiler.CompilationOptions(scene, SceneCompiler.IsProgram(tree)),
            metadataReferences: SceneCompiler.References(scene));
        DocumentId id = DocumentId.CreateNewId(project.Id);
        Solution solution = workspace.CurrentSolution.AddProject(project)
            .AddDocument(DocumentId.CreateNewId(project.Id), "Usings.cs", SceneCompiler.Usings(scene))
            .AddDocument(id, scene.FileName, SourceText.From(source), filePath: scene.FileName);
        return solution.GetDocument(id)!;
    }

    private static async Task<ImmutableArray<Diagnostic>> ReportsInAsync(Document document, string id, Scene scene)
    {
        Compilation compilation = (await document.Project.GetCompilationAsync())!;
        SyntaxTree tree = (await document.GetSyntaxTreeAsync())!;
        IReadOnlyList<Diagnostic> found = await SceneCompiler.AnalyzeAsync(compilation, scene);
        return [.. found.Where(one => one.Id == id && one.Location.SourceTree == tree)];
    }

    private static async Task<CodeAction?> OfferAsync(Document document, string id, string? key, Scene scene)
    {
        foreach (Diagnostic diagnostic in await ReportsInAsync(document, id, scene))
        {
            List<CodeAction> actions = [];
            foreach (CodeFixProvider fixer in FixersOf(id))
            {
                await fixer.RegisterCodeFixesAsync(
                    new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
            }

            if (actions.Find(action => key is null || action.EquivalenceKey == key) is CodeAction match)
            {
                Assert.NotNull(match.EquivalenceKey);
                return match;
            }
        }

        return null;
    }

    private static async Task<Document> ApplyAsync(Document document, CodeAction action)
    {
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(CancellationToken.None);
        return operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
    }

    /// <summary>All at once, and again while that leaves some: one within another cannot be repaired in the same go.</summary>
    private static async Task<string> FixAllAsync(Document document, string id, string? key, Scene scene)
    {
        CodeFixProvider fixer = Assert.Single(FixersOf(id), one => one.GetFixAllProvider() is not null);
        for (int round = 0; round < RoundsMax && await OfferAsync(document, id, key, scene) is not null; round++)
        {
            var context = new FixAllContext(
                document, fixer, FixAllScope.Document, key, [id], new Reports(scene, id), CancellationToken.None);
            CodeAction? action = await fixer.GetFixAllProvider()!.GetFixAsync(context);
            Assert.NotNull(action);
            document = await ApplyAsync(document, action);
        }

        return (await document.GetTextAsync()).ToString();
    }

    private static IEnumerable<CodeFixProvider> FixersOf(string id) => RuleBook.Fixers.Where(fixer => fixer.FixableDiagnosticIds.Contains(id));

    private sealed class Reports(Scene scene, string id) : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            await ReportsInAsync(document, id, scene);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);

        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken)
        {
            List<Diagnostic> all = [];
            foreach (Document document in project.Documents)
            {
                all.AddRange(await ReportsInAsync(document, id, scene));
            }

            return all;
        }
    }
}
