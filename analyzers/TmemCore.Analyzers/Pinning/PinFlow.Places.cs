using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Where variables lie, what is put into them, and when a reference to one becomes an address.</summary>
internal sealed partial class PinFlow
{
    /// <summary>The memory a variable itself lies in: what a reference to it leads to.</summary>
    private PinValue Place(IOperation operation)
    {
        switch (operation)
        {
            case ILocalReferenceOperation { Local: var local }:
                return PlaceOf(local, operation.Type);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return PlaceOf(parameter, operation.Type);
            case IFieldReferenceOperation field:
                return PlaceOf(field);
            case IArrayElementReferenceOperation element:
                foreach (IOperation index in element.Indices)
                {
                    Value(index);
                }

                PinValue array = Value(element.ArrayReference);
                return element.Indices.Length == 1 && element.Indices[0].ConstantValue.Value is 0 ? array : array.Moved();
            case IPropertyReferenceOperation { Instance: { } instance } property:
                foreach (IArgumentOperation argument in property.Arguments)
                {
                    Value(argument.Value);
                }

                PinValue owner = Value(instance);
                bool isFirst = property.Arguments.Length == 1 && property.Arguments[0].Value.ConstantValue.Value is 0;
                return IsView(instance.Type) ? (isFirst ? owner : owner.Moved()) : PinValue.Unknown;
            case IInvocationOperation call:
                return call.TargetMethod.ReturnsByRef || call.TargetMethod.ReturnsByRefReadonly ? Call(call) : Discard(Call(call));
            case IInlineArrayAccessOperation access:
                Value(access.Argument);
                return Place(access.Instance).Moved();
            case IInstanceReferenceOperation self:
                return self.Type is { IsRefLikeType: true } ? PinValue.Of(PinKind.Steady, "this") : PinValue.Unknown;
            case IFlowCaptureReferenceOperation { Id: var id } when _captured.TryGetValue(id, out IOperation? captured) && captured is not IFlowCaptureReferenceOperation:
                return captured is ILocalReferenceOperation or IParameterReferenceOperation ? Place(captured) : PinValue.Unknown;
            case IConversionOperation conversion when conversion.Operand.Type is { IsReferenceType: true }:
                return Discard(Value(operation));
            case ISimpleAssignmentOperation { IsRef: true } assignment:
                return Assign(assignment);
        }

        if (operation.Kind == OperationKind.None && operation.ChildOperations.FirstOrDefault() is IOperation pointer && pointer.Type is IPointerTypeSymbol)
        {
            foreach (IOperation index in operation.ChildOperations.Skip(1))
            {
                Value(index);
            }

            PinValue target = Value(pointer);
            return operation.Syntax is PrefixUnaryExpressionSyntax ? target : target.Moved();
        }

        return Discard(Visit(operation));
    }

    private static PinValue Discard(PinValue value) => value.Kind == PinKind.Unknown ? value : PinValue.Unknown;

    private PinValue PlaceOf(ISymbol variable, ITypeSymbol? type)
    {
        RefKind kind = variable switch
        {
            ILocalSymbol local => local.RefKind,
            IParameterSymbol parameter => parameter.RefKind,
            _ => RefKind.None,
        };
        if (variable is ILocalSymbol && kind != RefKind.None)
        {
            return _state.Find(variable) ?? PinValue.Unknown;
        }

        if (kind != RefKind.None)
        {
            if (type is { IsRefLikeType: true })
            {
                // On the stack of a caller, which outlives this method.
                return PinValue.Of(PinKind.Steady, $"'{variable.Name}'");
            }

            if (variable is IParameterSymbol { IsThis: true } or IParameterSymbol { Ordinal: 0, ContainingSymbol: IMethodSymbol { IsExtensionMethod: true } })
            {
                return PinValue.Unknown;
            }

            return variable is IParameterSymbol parameter && _state.Find(new PlaceKey(parameter)) is PinValue given ? given : PinValue.Of(PinKind.Loose, $"'{variable.Name}'") with
            {
                IsReadOnly = kind is RefKind.In or RefKind.RefReadOnlyParameter,
                Root = variable,
            };
        }

        if (_captures.IsOnHeap(variable) || !SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, _method))
        {
            return _captures.IsOnHeap(variable)
                ? PinValue.Of(PinKind.Managed, $"'{variable.Name}', which a lambda captures,")
                : PinValue.Unknown;
        }

        return PinValue.Of(PinKind.Stack, $"'{variable.Name}'") with { Root = variable, LengthBytes = SizeOf(type) };
    }

    private PinValue PlaceOf(IFieldReferenceOperation field)
    {
        IFieldSymbol symbol = field.Field;
        if (symbol.RefKind != RefKind.None)
        {
            Discard(field.Instance is null ? PinValue.Unknown : Value(field.Instance));
            return PinValue.Unknown;
        }

        if (symbol.IsStatic)
        {
            if (symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "FixedAddressValueTypeAttribute"))
            {
                return PinValue.Of(PinKind.Steady, $"'{symbol.Name}'");
            }

            // The runtime keeps what is set once where it is, though it does not promise to.
            return symbol.IsReadOnly
                ? PinValue.Unknown
                : PinValue.Of(PinKind.Loose, $"the static field '{symbol.Name}'") with { Root = symbol };
        }

        if (field.Instance is null || symbol.ContainingType.IsValueType)
        {
            return field.Instance is null ? PinValue.Unknown : Place(field.Instance).Moved();
        }

        Value(field.Instance);
        return PinValue.Of(PinKind.Managed, $"the field '{symbol.Name}' of an object") with { Root = symbol, IsReadOnly = false };
    }

    /// <summary>A reference becomes an address. What else pins the same variable here counts.</summary>
    private PinValue Address(PinValue place, SyntaxNode origin)
    {
        if (place.Kind is not (PinKind.Managed or PinKind.Loose))
        {
            return place;
        }

        if (place.Root is ISymbol root)
        {
            if (HeldBy(root) is PinValue held)
            {
                return held.Moved();
            }

            if (EnclosingFixed(origin, root) is object holder)
            {
                return place with { Kind = PinKind.Fixed, Holder = holder, IsCertain = place.Kind == PinKind.Managed };
            }

            if (PinEvidence.IsPinnedSomehow(origin, root.Name))
            {
                return PinValue.Unknown;
            }
        }

        return place with { Origin = origin };
    }

    /// <summary>The local of a <c>fixed</c> statement around the place that pins the same variable.</summary>
    private object? EnclosingFixed(SyntaxNode origin, ISymbol root)
    {
        foreach (FixedStatementSyntax statement in origin.Ancestors().OfType<FixedStatementSyntax>())
        {
            foreach (VariableDeclaratorSyntax declarator in statement.Declaration.Variables)
            {
                if (declarator.Initializer is not null && PinEvidence.Mentions(declarator.Initializer, root.Name))
                {
                    return _state.Values.Select(pair => pair.Key).OfType<ILocalSymbol>()
                        .FirstOrDefault(local => local.IsFixed && local.Name == declarator.Identifier.Text) ?? (object)statement;
                }
            }
        }

        return null;
    }

    private object? KeyOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation { Local.RefKind: RefKind.None } local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFlowCaptureReferenceOperation reference => _captured.TryGetValue(reference.Id, out IOperation? captured)
            && captured is ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation ? KeyOf(captured!) : reference.Id,
        IFieldReferenceOperation { Instance: null } field => new FieldKey(FieldKey.Static, field.Field),
        IFieldReferenceOperation { Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } } field =>
            new FieldKey(FieldKey.This, field.Field),
        IFieldReferenceOperation { Instance: { } instance } field => KeyOf(instance) is object root ? new FieldKey(root, Plain(field.Field)) : null,
        _ => null,
    };

    private PinValue Assign(ISimpleAssignmentOperation assignment)
    {
        IOperation target = assignment.Target;
        PinValue value;
        if (assignment.IsRef)
        {
            value = Address(Place(assignment.Value), assignment.Value.Syntax);
            if (target is ILocalReferenceOperation { Local: var reference })
            {
                _state = _state.With(reference, value);
            }

            return value;
        }

        if (target is ILocalReferenceOperation { Local.IsFixed: true } pinned)
        {
            value = Fix(assignment.Value, pinned.Local);
            _state = _state.With(pinned.Local, value);
            return value;
        }

        if (Unconverted(assignment.Value) is ITupleOperation tuple && KeyOf(target) is object whole)
        {
            return AssignTuple(whole, tuple);
        }

        value = Value(assignment.Value);
        CheckStored(target, value, assignment.Value);
        if (KeyOf(target) is not object key)
        {
            Discard(Place(target));
            bool isElsewhere = target is IArrayElementReferenceOperation
                or IFieldReferenceOperation { Instance: { Kind: OperationKind.None } or IArrayElementReferenceOperation };
            if (isElsewhere && IsAddress(target.Type) && !IsMarked(target))
            {
                CheckKept(value, assignment.Value);
            }

            return value;
        }

        _state = _state.WithoutFieldsOf(key);
        IOperation source = assignment.Value is IConversionOperation { OperatorMethod: null } conversion ? conversion.Operand : assignment.Value;
        if (source.Type is { IsValueType: true } && KeyOf(source) is object from && !Equals(from, key))
        {
            _state = _state.WithFieldsCopied(from, key);
        }

        bool leaves = IsLeftBehind(key) && IsAddress(target.Type);
        if (leaves && !IsMarked(target))
        {
            CheckKept(value, assignment.Value);
        }

        _state = _state.With(key, leaves ? value with { Stored = assignment.Value.Syntax } : value);
        return value;
    }

    /// <summary>The initializer of a <c>fixed</c> statement.</summary>
    private PinValue Fix(IOperation initializer, ILocalSymbol local)
    {
        IOperation source = initializer.Kind == OperationKind.None && initializer.ChildOperations.Count == 1 ? initializer.ChildOperations.First() : initializer;
        PinValue value = source is IAddressOfOperation address ? Place(address.Reference) : Value(source);
        if (value.Kind is not (PinKind.Managed or PinKind.Loose))
        {
            return value;
        }

        // What pins the variable besides may do so for longer than the statement.
        if (value.Root is ISymbol root && (HeldBy(root) is not null || PinEvidence.IsPinnedSomehow(initializer.Syntax, root.Name)))
        {
            return HeldBy(root)?.Moved() ?? PinValue.Unknown with { IsReadOnly = value.IsReadOnly, LengthBytes = value.LengthBytes };
        }

        return value with { Kind = PinKind.Fixed, Holder = local, IsCertain = value.Kind == PinKind.Managed, Origin = initializer.Syntax };
    }

    private PinValue? HeldBy(ISymbol root) => _state.Values.Select(pair => pair.Value)
        .FirstOrDefault(value => value is { Kind: PinKind.Held, IsWeak: false } && SymbolEqualityComparer.Default.Equals(value.Root, root));
}
