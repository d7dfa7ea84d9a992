using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.Analyzers.Pinning;

/// <summary>What arrays in fields are made of, read from every place in the type that puts something into the field.</summary>
internal sealed class FieldEvidence(CancellationToken cancellation)
{
    private readonly ConcurrentDictionary<ISymbol, PinValue> _known = new(SymbolEqualityComparer.Default);

    public PinValue Of(IFieldSymbol field) => field.Type is IArrayTypeSymbol
        ? _known.GetOrAdd(field.OriginalDefinition, Read)
        : PinValue.Unknown;

    /// <summary>A static property whose value is data of the program: a UTF-8 literal, or bytes known to the compiler.</summary>
    public PinValue OfProperty(IPropertySymbol property) => _known.GetOrAdd(property.OriginalDefinition, ReadProperty);

    private PinValue Read(ISymbol field)
    {
        List<ExpressionSyntax> values = [];
        bool isPinned = false;
        foreach (SyntaxReference part in field.ContainingType.DeclaringSyntaxReferences)
        {
            SyntaxNode type = part.GetSyntax(cancellation);
            values.AddRange(type.DescendantNodes().Select(node => ValueGiven(node, field.Name)).OfType<ExpressionSyntax>());
            isPinned |= type.DescendantNodes().Any(node => PinEvidence.IsPinning(node, field.Name));
        }

        bool isOpen = field.DeclaredAccessibility != Accessibility.Private && !((IFieldSymbol)field).IsReadOnly;
        if (values.Count == 0 || isPinned)
        {
            return PinValue.Unknown;
        }

        if (values.Any(IsPinnedArray))
        {
            return !isOpen && values.All(IsPinnedArray)
                ? PinValue.Of(PinKind.Steady, $"'{field.Name}'")
                : PinValue.Unknown;
        }

        PinKind kind = !isOpen && values.All(IsOrdinaryArray) ? PinKind.Managed : PinKind.Loose;
        return PinValue.Of(kind, $"'{field.Name}'");
    }

    private PinValue ReadProperty(ISymbol property)
    {
        SyntaxNode? syntax = property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        ExpressionSyntax? value = (syntax as PropertyDeclarationSyntax)?.ExpressionBody?.Expression;
        return value is LiteralExpressionSyntax { RawKind: (int)SyntaxKind.Utf8StringLiteralExpression } or ArrayCreationExpressionSyntax or CollectionExpressionSyntax
            ? PinValue.Of(PinKind.Steady, $"'{property.Name}'") with { IsReadOnly = true }
            : PinValue.Unknown;
    }

    private static ExpressionSyntax? ValueGiven(SyntaxNode node, string name) => node switch
    {
        VariableDeclaratorSyntax declarator when declarator.Identifier.ValueText == name && declarator.Parent?.Parent is FieldDeclarationSyntax =>
            declarator.Initializer?.Value,
        AssignmentExpressionSyntax assignment when PinEvidence.NameOf(assignment.Left) == name => assignment.Right,
        ArgumentSyntax argument when !argument.RefKindKeyword.IsKind(SyntaxKind.None) && PinEvidence.NameOf(argument.Expression) == name =>
            argument.Expression,
        _ => null,
    };

    private static bool IsPinnedArray(ExpressionSyntax value) => value is InvocationExpressionSyntax call
        && PinEvidence.NameOf(call.Expression) is "AllocateArray" or "AllocateUninitializedArray"
        && call.ArgumentList.Arguments.Any(argument =>
            argument.Expression.IsKind(SyntaxKind.TrueLiteralExpression) || !argument.Expression.IsKind(SyntaxKind.FalseLiteralExpression) && argument.NameColon?.Name.Identifier.ValueText == "pinned");

    private static bool IsOrdinaryArray(ExpressionSyntax value) =>
        value is ArrayCreationExpressionSyntax or ImplicitArrayCreationExpressionSyntax or CollectionExpressionSyntax or InitializerExpressionSyntax
        || value.IsKind(SyntaxKind.NullLiteralExpression) || value.IsKind(SyntaxKind.SuppressNullableWarningExpression);
}
