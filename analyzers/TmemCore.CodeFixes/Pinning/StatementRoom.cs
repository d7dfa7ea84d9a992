using System;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace TmemCore.CodeFixes.Pinning;

/// <summary>The statement around an expression, as something that can be put into a block of its own.</summary>
internal static class StatementRoom
{
    /// <summary>The node to replace: a statement, or the arrow of a member that is one expression. Null where neither can be wrapped.</summary>
    public static SyntaxNode? Around(SyntaxNode expression)
    {
        SyntaxNode? node = expression.Ancestors().FirstOrDefault(one => one is StatementSyntax or ArrowExpressionClauseSyntax or AnonymousFunctionExpressionSyntax);
        bool fits = node switch
        {
            ExpressionStatementSyntax or ReturnStatementSyntax { Expression: not null } => true,
            LocalDeclarationStatementSyntax local => local.Declaration.Variables.Count == 1 && !local.IsConst && local.UsingKeyword.IsKind(SyntaxKind.None)
                && local.Declaration.Type is not RefTypeSyntax && local.Parent is BlockSyntax,
            ArrowExpressionClauseSyntax { Parent: MethodDeclarationSyntax or LocalFunctionStatementSyntax } => true,
            _ => false,
        };
        return fits && !node!.DescendantNodes().Any(one => one is AwaitExpressionSyntax or AnonymousFunctionExpressionSyntax or DeclarationExpressionSyntax)
            ? node
            : null;
    }

    /// <summary>Wraps the statement, in which an expression has been replaced.</summary>
    /// <param name="root">The file.</param>
    /// <param name="around">What <see cref="Around"/> gave.</param>
    /// <param name="model">The meaning of the file as it was.</param>
    /// <param name="rewritten">The same with the expression replaced.</param>
    /// <param name="wrap">Puts a statement into another.</param>
    /// <param name="cancellation">Stops it.</param>
    public static SyntaxNode Replace(
        SyntaxNode root, SyntaxNode around, SemanticModel model, SyntaxNode rewritten, Func<StatementSyntax, StatementSyntax> wrap, CancellationToken cancellation)
    {
        switch (around)
        {
            case ArrowExpressionClauseSyntax arrow:
                ExpressionSyntax value = ((ArrowExpressionClauseSyntax)rewritten).Expression;
                bool isVoid = model.GetDeclaredSymbol(arrow.Parent!, cancellation) is IMethodSymbol { ReturnsVoid: true };
                StatementSyntax only = isVoid
                    ? SyntaxFactory.ExpressionStatement(value.WithoutTrivia())
                    : SyntaxFactory.ReturnStatement(SyntaxFactory.Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(SyntaxFactory.Space), value.WithoutTrivia(), SyntaxFactory.Token(SyntaxKind.SemicolonToken));
                BlockSyntax body = SyntaxFactory.Block(wrap(only)).WithAdditionalAnnotations(Formatter.Annotation);
                SyntaxNode member = arrow.Parent switch
                {
                    MethodDeclarationSyntax method => method.WithExpressionBody(null).WithSemicolonToken(default).WithParameterList(Trimmed(method.ParameterList))
                        .WithBody(body).WithTrailingTrivia(method.GetTrailingTrivia()),
                    LocalFunctionStatementSyntax function => function.WithExpressionBody(null).WithSemicolonToken(default).WithParameterList(Trimmed(function.ParameterList))
                        .WithBody(body).WithTrailingTrivia(function.GetTrailingTrivia()),
                    _ => arrow.Parent!,
                };
                return root.ReplaceNode(arrow.Parent!, member);
            case LocalDeclarationStatementSyntax local:
                VariableDeclaratorSyntax variable = ((LocalDeclarationStatementSyntax)rewritten).Declaration.Variables[0];
                ITypeSymbol type = ((ILocalSymbol)model.GetDeclaredSymbol(local.Declaration.Variables[0], cancellation)!).Type;
                StatementSyntax declaration = SyntaxFactory.ParseStatement($"{type.ToMinimalDisplayString(model, local.SpanStart)} {variable.Identifier.Text};")
                    .WithLeadingTrivia(local.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.ElasticLineFeed).WithAdditionalAnnotations(Formatter.Annotation);
                StatementSyntax assignment = SyntaxFactory.ParseStatement($"{variable.Identifier.Text} = {variable.Initializer!.Value};");
                StatementSyntax wrapped = wrap(assignment).WithTrailingTrivia(local.GetTrailingTrivia()).WithAdditionalAnnotations(Formatter.Annotation);
                return root.ReplaceNode(local, [declaration, wrapped]);
            default:
                StatementSyntax statement = (StatementSyntax)rewritten;
                return root.ReplaceNode(around, wrap(statement.WithoutTrivia())
                    .WithLeadingTrivia(around.GetLeadingTrivia())
                    .WithTrailingTrivia(around.GetTrailingTrivia())
                    .WithAdditionalAnnotations(Formatter.Annotation));
        }
    }

    /// <summary>A name that nothing in the member has where the place can see it.</summary>
    public static string FreeName(SyntaxNode place, string wish)
    {
        SyntaxNode member = place.Ancestors().FirstOrDefault(one => one is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? place.SyntaxTree.GetRoot();
        string name = wish;
        for (int i = 2; member.DescendantTokens().Any(token => token.ValueText == name && !IsElsewhere(token, place)); i++)
        {
            name = wish + i;
        }

        return name;
    }

    public static bool IsUnsafe(SyntaxNode place) => place.Ancestors().Any(one => one is UnsafeStatementSyntax
        || (one is MemberDeclarationSyntax member && member.Modifiers.Any(SyntaxKind.UnsafeKeyword))
        || (one is LocalFunctionStatementSyntax function && function.Modifiers.Any(SyntaxKind.UnsafeKeyword)));

    /// <summary>Whether the name belongs to a <c>fixed</c> or <c>using</c> statement beside the place.</summary>
    private static bool IsElsewhere(SyntaxToken token, SyntaxNode place) => token.Parent!.Ancestors().Any(one =>
        one is FixedStatementSyntax or UsingStatementSyntax
        && !one.Contains(place)
        && one.ChildNodes().OfType<VariableDeclarationSyntax>().Any(declaration =>
            declaration.Variables.Any(variable => variable.Identifier.ValueText == token.ValueText)));

    private static ParameterListSyntax Trimmed(ParameterListSyntax list) => list.WithTrailingTrivia(SyntaxFactory.ElasticLineFeed);
}
