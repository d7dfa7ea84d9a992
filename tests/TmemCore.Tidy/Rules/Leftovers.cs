using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.Tidy.Rules;

/// <summary>Nothing is put off or switched off: no skipped test, no silenced warning, no note of work to do.</summary>
internal sealed class Leftovers : Rule
{
    // In two halves, so that the rule does not find itself.
    private static readonly string[] s_notes = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"];

    public override IEnumerable<Finding> Find(SourceFile file)
    {
        foreach (SyntaxTrivia trivia in file.Syntax.DescendantTrivia(descendIntoTrivia: true))
        {
            if (trivia.IsKind(SyntaxKind.PragmaWarningDirectiveTrivia)
                && ((PragmaWarningDirectiveTriviaSyntax)trivia.GetStructure()!).DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword))
            {
                yield return new Finding(LineOf(trivia), "Repair what the warning is about, or suppress it on the member with a justification.");
            }
            else if (IsComment(trivia) && s_notes.Any(note => trivia.ToString().Contains(note, StringComparison.Ordinal)))
            {
                yield return new Finding(LineOf(trivia), "Do it, or take the note out.");
            }
        }

        foreach (AttributeArgumentSyntax argument in file.Syntax.DescendantNodes().OfType<AttributeArgumentSyntax>())
        {
            if (argument.NameEquals?.Name.Identifier.Text == "Skip")
            {
                yield return SourceFile.At(argument, "A test that is skipped says nothing; repair it or delete it.");
            }
        }
    }

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind()
        is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
        or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static int LineOf(SyntaxTrivia trivia) => trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
}
