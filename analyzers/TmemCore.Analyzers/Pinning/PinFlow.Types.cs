using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

internal sealed partial class PinFlow
{
    /// <summary>Whether a value of the type is wide enough for an address.</summary>
    private static bool IsAddress(ITypeSymbol? type) => type is IPointerTypeSymbol
        || type?.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_Int64 or SpecialType.System_UInt64
        || (type is { TypeKind: TypeKind.Enum } && ((INamedTypeSymbol)type).EnumUnderlyingType is { } underlying && IsAddress(underlying));

    private static bool IsSpan(ITypeSymbol? type) => IsNamed(type, "Span", "System") || IsNamed(type, "ReadOnlySpan", "System");

    private static bool IsMemory(ITypeSymbol? type) => IsNamed(type, "Memory", "System") || IsNamed(type, "ReadOnlyMemory", "System");

    private static bool IsView(ITypeSymbol? type) => IsSpan(type) || IsMemory(type) || IsNamed(type, "ArraySegment", "System");

    private static bool IsReadOnlyView(ITypeSymbol? type) => IsNamed(type, "ReadOnlySpan", "System") || IsNamed(type, "ReadOnlyMemory", "System");

    private static bool IsGCHandle(ITypeSymbol? type) => IsNamed(type, "GCHandle", "System.Runtime.InteropServices");

    private static bool IsLease(ITypeSymbol? type) => IsNamed(type, "HypercallBuffer", "TmemCore.Hypercalls");

    private static bool IsTask(ITypeSymbol? type) => type?.Name is "Task" or "ValueTask" && type.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks";

    private static bool IsNamed(ITypeSymbol? type, string name, string containing) =>
        type is INamedTypeSymbol && type.Name == name && type.ContainingNamespace?.ToDisplayString() == containing;

    private static bool IsByReference(ISymbol? variable) => variable switch
    {
        IParameterSymbol parameter => parameter.RefKind != RefKind.None,
        ILocalSymbol local => local.RefKind != RefKind.None,
        _ => false,
    };

    private static ITypeSymbol? ElementOf(ITypeSymbol? view) => view is INamedTypeSymbol { TypeArguments.Length: 1 } named ? named.TypeArguments[0] : null;

    private static long? ConstantOf(IOperation operation) => Unconverted(operation).ConstantValue.Value switch
    {
        int value => value,
        uint value => value,
        long value => value,
        ulong value => (long)value,
        _ => operation.ConstantValue.Value is int or long ? System.Convert.ToInt64(operation.ConstantValue.Value) : null,
    };

    private static IOperation Unconverted(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion)
        {
            operation = conversion.Operand;
        }

        return operation;
    }

    /// <summary>Bytes of a simple type, and of structures where their size is declared; null where that depends on the machine.</summary>
    private static long? SizeOf(ITypeSymbol? type) => type?.SpecialType switch
    {
        SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Boolean => 1,
        SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Char => 2,
        SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single => 4,
        SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double => 8,
        _ => null,
    };
}
