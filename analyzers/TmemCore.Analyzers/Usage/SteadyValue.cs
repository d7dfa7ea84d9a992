using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Usage;

/// <summary>Expressions that give the same value each time, as long as nobody assigns a variable in them.</summary>
internal static class SteadyValue
{
    public static bool Is(IOperation value) => value.ConstantValue.HasValue || value switch
    {
        ILocalReferenceOperation or IParameterReferenceOperation or IInstanceReferenceOperation or ILiteralOperation => true,
        IFieldReferenceOperation field => field.Instance is null || Is(field.Instance),
        IPropertyReferenceOperation property => property.Arguments.IsEmpty
            && property.Instance is { Type.IsValueType: true } instance
            && IsOfLibrary(instance.Type) && Is(instance),
        IConversionOperation conversion => (conversion.OperatorMethod is not IMethodSymbol method || IsOfLibrary(method.ContainingType)) && Is(conversion.Operand),
        IParenthesizedOperation parenthesized => Is(parenthesized.Operand),
        IBinaryOperation { OperatorMethod: null } binary => Is(binary.LeftOperand) && Is(binary.RightOperand),
        IUnaryOperation { OperatorMethod: null } unary => Is(unary.Operand),
        IObjectCreationOperation { Initializer: null } made => IsOfLibrary(made.Type) && made.Arguments.All(argument => Is(argument.Value)),
        _ => false,
    };

    public static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        _ => null,
    };

    private static bool IsOfLibrary(ITypeSymbol? type) =>
        LibraryCalls.Is(type, "TmemCore", "ObjectId") || LibraryCalls.Is(type, "TmemCore", "PageHandle");
}
