using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Tuples, whose elements are looked at one by one, and variables that patterns declare.</summary>
internal sealed partial class PinFlow
{
    /// <summary>An element by its place, whatever it is called here.</summary>
    private static IFieldSymbol Plain(IFieldSymbol field) => field.CorrespondingTupleField?.OriginalDefinition ?? field;

    private PinValue AssignTuple(object key, ITupleOperation tuple)
    {
        List<PinValue> values = [.. tuple.Elements.Select(Value)];
        _state = _state.WithoutFieldsOf(key).With(key, PinValue.Unknown);
        ImmutableArray<IFieldSymbol> elements = (tuple.Type as INamedTypeSymbol)?.TupleElements ?? [];
        for (int i = 0; i < elements.Length && i < values.Count; i++)
        {
            _state = _state.With(new FieldKey(key, Plain(elements[i])), values[i]);
        }

        return PinValue.Unknown;
    }

    /// <summary>Variables get what stands at their place in a tuple; what is nested deeper is not followed.</summary>
    private void Deconstruct(IDeconstructionAssignmentOperation deconstruction)
    {
        IOperation source = Unconverted(deconstruction.Value);
        List<PinValue> values = source is ITupleOperation tuple ? [.. tuple.Elements.Select(Value)] : ElementsOf(source);
        foreach (IOperation target in deconstruction.Target.DescendantsAndSelf())
        {
            Forget(target);
        }

        IOperation shape = deconstruction.Target is IDeclarationExpressionOperation declared ? declared.Expression : deconstruction.Target;
        IOperation[] targets = shape is ITupleOperation several ? [.. several.Elements] : [];
        for (int i = 0; i < targets.Length && targets.Length == values.Count; i++)
        {
            IOperation target = targets[i] is IDeclarationExpressionOperation one ? one.Expression : targets[i];
            if (target is ILocalReferenceOperation or IParameterReferenceOperation && KeyOf(target) is object key)
            {
                _state = _state.With(key, values[i]);
            }
        }
    }

    private List<PinValue> ElementsOf(IOperation source)
    {
        Value(source);
        return KeyOf(source) is object key && source.Type is INamedTypeSymbol { IsTupleType: true } type
            ? [.. type.TupleElements.Select(element => _state.Find(new FieldKey(key, Plain(element))) ?? PinValue.Unknown)]
            : [];
    }

    /// <summary>A variable that a pattern declares is what was looked at: its memory is known as far as that one's is.</summary>
    private PinValue Matches(IIsPatternOperation match)
    {
        PinValue value = Value(match.Value);
        Visit(match.Pattern);
        IOperation source = Unconverted(match.Value);
        if (source is IFlowCaptureReferenceOperation reference && _captured.TryGetValue(reference.Id, out IOperation? captured))
        {
            source = Unconverted(captured!);
        }

        if (match.Pattern is IDeclarationPatternOperation { DeclaredSymbol: ILocalSymbol { Type: IArrayTypeSymbol } declared })
        {
            bool isGiven = value.Kind == PinKind.Unknown && source is IParameterReferenceOperation { Parameter: var parameter } && !IsSaidToBePinned(parameter);
            PinValue known = isGiven ? PinValue.Of(PinKind.Loose, $"'{declared.Name}'") : value;
            _state = _state.With(declared, known.Kind is PinKind.Managed or PinKind.Loose && !IsSaidToBePinned(declared) ? known with { Root = declared } : known);
        }

        return PinValue.Unknown;
    }
}
