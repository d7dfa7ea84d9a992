using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TmemCore.CodeFixes.Pinning;

/// <summary>The call within a reported expression that makes an address of a reference.</summary>
internal sealed class AddressSource
{
    private AddressSource(InvocationExpressionSyntax call, ExpressionSyntax place, string elementType, ExpressionSyntax? array)
    {
        Call = call;
        Place = place;
        ElementType = elementType;
        Array = array;
    }

    public InvocationExpressionSyntax Call { get; }

    /// <summary>What <c>fixed</c> is to pin: an array, a span, or the address of a reference.</summary>
    public ExpressionSyntax Place { get; }

    /// <summary>The unmanaged type of what is there.</summary>
    public string ElementType { get; }

    /// <summary>The array whose first element it is, where it is one.</summary>
    public ExpressionSyntax? Array { get; }

    /// <summary>Whether the call gives an integer and not a pointer.</summary>
    public bool IsInteger => NameOf(Call) == "UnsafeAddrOfPinnedArrayElement";

    public static AddressSource? In(SyntaxNode reported, SemanticModel model, CancellationToken cancellation)
    {
        InvocationExpressionSyntax? call = reported.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>()
            .FirstOrDefault(one => NameOf(one) is "AsPointer" or "UnsafeAddrOfPinnedArrayElement");
        if (call is null
            || model.GetSymbolInfo(call, cancellation).Symbol is not IMethodSymbol { TypeArguments.Length: 1 } method
            || !method.TypeArguments[0].IsUnmanagedType)
        {
            return null;
        }

        string type = method.TypeArguments[0].ToMinimalDisplayString(model, call.SpanStart);
        ExpressionSyntax first = call.ArgumentList.Arguments[0].Expression;
        if (NameOf(call) == "AsPointer")
        {
            return OfReference(call, first, type, model);
        }

        ExpressionSyntax index = call.ArgumentList.Arguments[1].Expression;
        return IsZero(index) ? new(call, first, type, first) : new(call, AddressOf(Element(first, index)), type, null);
    }

    private static AddressSource OfReference(InvocationExpressionSyntax call, ExpressionSyntax place, string type, SemanticModel model)
    {
        if (place is InvocationExpressionSyntax { ArgumentList.Arguments.Count: 1 } getter
            && NameOf(getter) is "GetReference" or "GetArrayDataReference")
        {
            ExpressionSyntax whole = getter.ArgumentList.Arguments[0].Expression;
            ITypeSymbol? wholeType = model.GetTypeInfo(whole).Type;
            if (wholeType is IArrayTypeSymbol or INamedTypeSymbol { Name: "Span" or "ReadOnlySpan" })
            {
                return new(call, whole, type, wholeType is IArrayTypeSymbol ? whole : null);
            }
        }

        return place is ElementAccessExpressionSyntax { ArgumentList.Arguments.Count: 1 } element
            && IsZero(element.ArgumentList.Arguments[0].Expression)
            && model.GetTypeInfo(element.Expression).Type is IArrayTypeSymbol
            ? new(call, element.Expression, type, element.Expression)
            : new(call, AddressOf(place), type, null);
    }

    private static bool IsZero(ExpressionSyntax index) => index is LiteralExpressionSyntax { Token.Value: 0 };

    private static ExpressionSyntax AddressOf(ExpressionSyntax place) =>
        SyntaxFactory.PrefixUnaryExpression(SyntaxKind.AddressOfExpression, place.WithoutTrivia());

    private static ExpressionSyntax Element(ExpressionSyntax array, ExpressionSyntax index) => SyntaxFactory.ElementAccessExpression(
        array, SyntaxFactory.BracketedArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(index))));

    private static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };
}
