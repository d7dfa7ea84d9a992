using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.Tidy.Rules;

/// <summary>Pointers stay on the lowest floor of the engine: its room for memory, and the one file of a room that calls the system.</summary>
internal sealed class PointerFloor : Rule
{
    public override bool Covers(SourceFile file) =>
        file.IsCSharp && file.IsBelow("src/") && !file.IsBelow("src/TmemCore/Memory/") && file.Name != NativeCalls.Home;

    public override IEnumerable<Finding> Find(SourceFile file) => file.Syntax.DescendantNodesAndTokens()
        .Where(part => part.IsKind(SyntaxKind.UnsafeKeyword) || part.AsNode() is PointerTypeSyntax or FunctionPointerTypeSyntax)
        .Select(part => SourceFile.At(part, $"Pointers belong in src/TmemCore/Memory or {NativeCalls.Home}; use a span or a lease here."));
}
