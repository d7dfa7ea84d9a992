using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>What expressions are worth. Each operation is looked at once in a pass, for its value and for what it does.</summary>
internal sealed partial class PinFlow
{
    /// <summary>What is left of an address under a mask as small as this says how it is aligned, and leads nowhere.</summary>
    private const long SmallMask = 1 << 16;

    /// <summary>What is known of the memory the value of an expression leads to.</summary>
    private PinValue Value(IOperation operation)
    {
        PinValue value = operation switch
        {
            IExpressionStatementOperation statement => Value(statement.Operation),
            ISimpleAssignmentOperation assignment => Assign(assignment),
            ICompoundAssignmentOperation compound => Compound(compound),
            IConversionOperation conversion => Convert(conversion),
            IInvocationOperation call => Call(call),
            IFunctionPointerInvocationOperation call => CallPointer(call),
            IObjectCreationOperation creation => Create(creation),
            ILocalReferenceOperation local => Read(local, local.Local),
            IParameterReferenceOperation parameter => Read(parameter, parameter.Parameter),
            IFieldReferenceOperation field => Read(field),
            IPropertyReferenceOperation property => Read(property),
            IArrayElementReferenceOperation element => Element(element),
            IFlowCaptureOperation capture => Capture(capture),
            IFlowCaptureReferenceOperation reference => Read(reference),
            IAddressOfOperation address => Place(address.Reference) with { Origin = address.Syntax },
            IBinaryOperation binary => Arithmetic(binary),
            IArrayCreationOperation array => NewArray(array),
            ICollectionExpressionOperation collection => NewCollection(collection),
            IUtf8StringOperation text => PinValue.Of(PinKind.Steady, "a UTF-8 literal") with { IsReadOnly = true, LengthBytes = text.Value.Length },
            IIsPatternOperation match => Matches(match),
            IAwaitOperation awaited => Await(awaited),
            IReturnOperation yielded => Yield(yielded),
            IDefaultValueOperation => PinValue.Null,
            ILiteralOperation => Literal(operation),
            IFlowAnonymousFunctionOperation lambda => Lambda(lambda),
            _ when operation.Kind == OperationKind.None => None(operation),
            _ => Visit(operation),
        };
        return value.Kind == PinKind.Unknown && operation.Type?.SpecialType == SpecialType.System_String
            ? PinValue.Of(PinKind.Managed, "a string") with { IsReadOnly = true }
            : value;
    }

    /// <summary>What the parts of an expression do counts; of its own worth nothing is known.</summary>
    private PinValue Visit(IOperation operation)
    {
        if (operation is IDeconstructionAssignmentOperation deconstruction)
        {
            Deconstruct(deconstruction);
            return PinValue.Unknown;
        }

        foreach (IOperation child in operation.ChildOperations)
        {
            PinValue value = Value(child);
            if (value.Kind == PinKind.Pending)
            {
                Settle(value);
            }
        }

        switch (operation)
        {
            case IDeclarationPatternOperation { DeclaredSymbol: ISymbol declared }:
                _state = _state.With(declared, PinValue.Unknown);
                break;
            case IIncrementOrDecrementOperation step when KeyOf(step.Target) is object key && _state.Find(key) is PinValue before:
                _state = _state.With(key, before.Moved());
                return before;
        }

        return PinValue.Unknown;
    }

    private void Forget(IOperation target)
    {
        if (target is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation && KeyOf(target) is object key)
        {
            _state = _state.WithoutFieldsOf(key).With(key, PinValue.Unknown);
        }
    }

    private static PinValue Literal(IOperation literal) => literal.ConstantValue.Value switch
    {
        null => PinValue.Null,
        string => PinValue.Of(PinKind.Managed, "a string") with { IsReadOnly = true },
        0 or 0u or 0L or 0ul => PinValue.Null,
        _ => PinValue.Unknown,
    };

    private PinValue Compound(ICompoundAssignmentOperation compound)
    {
        Value(compound.Value);
        PinValue value = Value(compound.Target).Moved();
        if (KeyOf(compound.Target) is object key && _state.Find(key) is not null)
        {
            _state = _state.With(key, value);
        }

        return value;
    }

    private PinValue Convert(IConversionOperation conversion)
    {
        PinValue value = Value(conversion.Operand);
        ITypeSymbol? from = conversion.Operand.Type;
        ITypeSymbol? to = conversion.Type;
        if (conversion.OperatorMethod is { } method)
        {
            if (IsGCHandle(from) && IsAddress(to))
            {
                return PinValue.Unknown with { IsWeak = true };
            }

            return IsView(to) || (IsAddress(to) && IsAddress(from)) || method.ContainingType.Name is "Unsafe" ? value : PinValue.Unknown;
        }

        bool isNumber = to is { IsValueType: true } && !IsAddress(to) && !IsView(to) && to.TypeKind is TypeKind.Struct && IsAddress(from);
        return isNumber ? PinValue.Unknown : value;
    }

    private PinValue Arithmetic(IBinaryOperation binary)
    {
        PinValue left = Value(binary.LeftOperand);
        PinValue right = Value(binary.RightOperand);
        bool keeps = binary.OperatorKind is BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.And or BinaryOperatorKind.Or;
        bool isLeft = left.Kind is not (PinKind.Unknown or PinKind.Null);
        bool isRight = right.Kind is not (PinKind.Unknown or PinKind.Null);
        keeps &= binary.OperatorKind != BinaryOperatorKind.And || ConstantOf(binary.RightOperand) is not (>= 0 and < SmallMask);
        if (!keeps || !IsAddress(binary.Type) || isLeft == isRight)
        {
            return PinValue.Unknown;
        }

        return isLeft ? left.Moved() : right.Moved();
    }

    private PinValue Read(IOperation reference, ISymbol variable)
    {
        if (_captures.IsWrittenElsewhere(variable) || IsByReference(variable))
        {
            return PinValue.Unknown;
        }

        PinValue value = _state.Find(variable) ?? Given(variable, reference.Type);
        CheckRead(value, reference);
        return value.Root is null && value.Kind is PinKind.Managed or PinKind.Loose && value.Root is null ? value with { Root = variable } : value;
    }

    /// <summary>A variable that was given a value elsewhere.</summary>
    private PinValue Given(ISymbol variable, ITypeSymbol? type)
    {
        if (type?.SpecialType == SpecialType.System_String)
        {
            return PinValue.Of(PinKind.Managed, "a string") with { IsReadOnly = true, Root = variable };
        }

        if (IsSaidToBePinned(variable))
        {
            return PinValue.Unknown;
        }

        return variable is IParameterSymbol && (type is IArrayTypeSymbol || IsView(type))
            ? PinValue.Of(PinKind.Loose, $"'{variable.Name}'") with { IsReadOnly = IsReadOnlyView(type), Root = variable }
            : PinValue.Unknown;
    }

    /// <summary>Whoever calls a parameter "pinnedBuffer" has thought of it.</summary>
    private static bool IsSaidToBePinned(ISymbol variable) => variable.Name.IndexOf("pinned", System.StringComparison.OrdinalIgnoreCase) >= 0;

    private PinValue Read(IFieldReferenceOperation field)
    {
        object? key = KeyOf(field);
        if (field.Field.IsFixedSizeBuffer)
        {
            return Place(field).Moved();
        }

        if (field.Instance is { } instance)
        {
            Value(instance);
        }

        PinValue? known = key is null ? null : _state.Find(key);
        PinValue value = known ?? _context.Fields.Of(field.Field);
        return value.Kind is PinKind.Managed or PinKind.Loose && value.Root is null ? value with { Root = field.Field } : value;
    }

    private PinValue Read(IPropertyReferenceOperation property)
    {
        PinValue instance = property.Instance is null ? PinValue.Unknown : Value(property.Instance);
        foreach (IArgumentOperation argument in property.Arguments)
        {
            Value(argument.Value);
        }

        ITypeSymbol owner = property.Property.ContainingType;
        switch (property.Property.Name)
        {
            case "Span" when IsMemory(owner):
                return instance;
            case "Pointer" when IsNamed(owner, "MemoryHandle", "System.Buffers"):
                CheckHandle(instance, property);
                return instance;
            case "DangerousAddress" or "Span" when IsLease(owner):
                CheckLease(instance, property);
                return instance;
            case "IsAllocated" when instance.Kind == PinKind.Held:
                return instance;
            case "Result" when instance.Kind == PinKind.Pending:
                Settle(instance);
                return PinValue.Unknown;
            case "IsCompleted" or "IsCompletedSuccessfully" or "IsFaulted" or "IsCanceled" or "Status" when instance.Kind == PinKind.Pending:
                Settle(instance);
                return PinValue.Unknown;
            case "Array" when owner.Name == "ArraySegment":
                return instance;
        }

        return property.Instance is null && IsView(property.Type) ? _context.Fields.OfProperty(property.Property) : PinValue.Unknown;
    }

    private PinValue Element(IArrayElementReferenceOperation element)
    {
        Visit(element);
        return PinValue.Unknown;
    }

    private PinValue Capture(IFlowCaptureOperation capture)
    {
        _captured[capture.Id] = capture.Value;
        PinValue value = Value(capture.Value);
        _state = _state.WithoutFieldsOf(capture.Id).With(capture.Id, value);
        return PinValue.Unknown;
    }

    private PinValue Read(IFlowCaptureReferenceOperation reference) => _state.Find(reference.Id) ?? PinValue.Unknown;

    private PinValue NewArray(IArrayCreationOperation array)
    {
        Visit(array);
        long? length = array.DimensionSizes.Length == 1 && array.DimensionSizes[0].ConstantValue.Value is int count
            ? count * SizeOf(((IArrayTypeSymbol)array.Type!).ElementType)
            : null;
        return PinValue.Of(PinKind.Managed, "an array", array.Syntax) with { LengthBytes = length };
    }

    private PinValue NewCollection(ICollectionExpressionOperation collection)
    {
        Visit(collection);
        if (collection.Type is IArrayTypeSymbol)
        {
            return PinValue.Of(PinKind.Managed, "an array", collection.Syntax);
        }

        bool isData = IsReadOnlyView(collection.Type) && collection.Elements.All(element => element.ConstantValue.HasValue);
        return IsSpan(collection.Type)
            ? PinValue.Of(isData ? PinKind.Steady : PinKind.Stack, "a collection") with { IsReadOnly = isData }
            : PinValue.Unknown;
    }

    /// <summary>Operations the compiler has no public form for: pointers, <c>stackalloc</c>, initializers of <c>fixed</c>.</summary>
    private PinValue None(IOperation operation)
    {
        if (operation.Syntax is StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax)
        {
            Visit(operation);
            ITypeSymbol? element = operation.Type switch
            {
                IPointerTypeSymbol pointer => pointer.PointedAtType,
                INamedTypeSymbol { TypeArguments.Length: 1 } span => span.TypeArguments[0],
                _ => null,
            };
            long? length = operation.Syntax is StackAllocArrayCreationExpressionSyntax { Initializer: null }
                && operation.ChildOperations.FirstOrDefault()?.ConstantValue.Value is int count
                ? count * SizeOf(element)
                : null;
            return PinValue.Of(PinKind.Stack, "memory on the stack", operation.Syntax) with { LengthBytes = length };
        }

        return Visit(operation);
    }

    private PinValue Await(IAwaitOperation awaited)
    {
        PinValue value = Value(awaited.Operation);
        if (value.Kind == PinKind.Pending)
        {
            Settle(value);
        }

        Suspend();
        return PinValue.Unknown;
    }

    private PinValue Yield(IReturnOperation yielded)
    {
        if (yielded.ReturnedValue is IOperation value)
        {
            Value(value);
        }

        if (yielded.Kind is OperationKind.YieldReturn)
        {
            Suspend();
        }

        return PinValue.Unknown;
    }

    /// <summary>The operation is over, or somebody else waits for it.</summary>
    private void Settle(PinValue pending) => _state = _state.Replace(
        value => value.Kind == PinKind.Pending && value.Origin == pending.Origin,
        _ => PinValue.Unknown);
}
