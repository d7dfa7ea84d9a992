using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.Tidy.Rules;

/// <summary>No test is decided by a clock: none sleeps, none compares or asserts how long something took.</summary>
internal sealed class ClocklessTests : Rule
{
    private static readonly string[] s_durations =
        ["Elapsed", "ElapsedMilliseconds", "ElapsedTicks", "GetElapsedTime"];

    public override bool Covers(SourceFile file) => file.IsCSharp && file.IsBelow("tests/");

    public override IEnumerable<Finding> Find(SourceFile file)
    {
        foreach (SyntaxNode node in file.Syntax.DescendantNodes())
        {
            if (node is MemberAccessExpressionSyntax { Name.Identifier.Text: "Sleep" } sleep && sleep.Expression.ToString().EndsWith("Thread", StringComparison.Ordinal))
            {
                yield return SourceFile.At(node, "A test waits for an event, not for time to pass.");
            }
            else if ((IsComparison(node) || IsAssertion(node)) && TellsDuration(node) && !node.Ancestors().Any(IsAssertion))
            {
                yield return SourceFile.At(node, "How long something took decides no test; count work instead.");
            }
        }
    }

    private static bool IsComparison(SyntaxNode node) => node.Kind()
        is SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression
        or SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression;

    private static bool IsAssertion(SyntaxNode node) =>
        node is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Assert" } } };

    private static bool TellsDuration(SyntaxNode node) =>
        node.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => s_durations.Contains(name.Identifier.Text));
}
