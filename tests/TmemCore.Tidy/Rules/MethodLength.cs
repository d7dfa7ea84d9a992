using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.Tidy.Rules;

/// <summary>A method, an accessor, a local function or a program's statements fit a screen: 70 lines, comments above them not counted.</summary>
internal sealed class MethodLength : Rule
{
    public const int MaximumLines = 70;

    public override IEnumerable<Finding> Find(SourceFile file)
    {
        foreach (SyntaxNode node in file.Syntax.DescendantNodes())
        {
            if (node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax && LinesOf(node) > MaximumLines)
            {
                yield return SourceFile.At(node, Message(LinesOf(node)));
            }
        }

        GlobalStatementSyntax[] program = [.. file.Syntax.ChildNodes().OfType<GlobalStatementSyntax>()];
        int total = program.Where(part => part.Statement is not LocalFunctionStatementSyntax).Sum(LinesOf);
        if (total > MaximumLines)
        {
            yield return SourceFile.At(program[0], Message(total));
        }
    }

    private static int LinesOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string Message(int lines) => $"The method has {lines} lines; {MaximumLines} are allowed. Give its parts names.";
}
