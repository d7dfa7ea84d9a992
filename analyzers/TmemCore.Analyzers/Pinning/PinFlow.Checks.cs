using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Where addresses get to, and what is said of them there.</summary>
internal sealed partial class PinFlow
{
    private List<PinValue> CheckArguments(ImmutableArray<IArgumentOperation> arguments, IOperation call)
    {
        List<PinValue> values = [];
        foreach (IArgumentOperation argument in arguments)
        {
            bool isReference = IsByReference(argument.Parameter);
            PinValue value = isReference ? Place(argument.Value) : Value(argument.Value);
            values.Add(value);
            if (argument.Parameter is not { } parameter || argument.ArgumentKind == ArgumentKind.DefaultValue
                || _context.Watched.Of(parameter, _context.Tree) is not Watch watch)
            {
                continue;
            }

            if (!isReference)
            {
                Check(watch, value, argument.Value);
            }

            CheckFields(watch, value, argument.Value);
        }

        foreach (IArgumentOperation argument in arguments)
        {
            if (argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out)
            {
                foreach (IOperation target in argument.Value.DescendantsAndSelf())
                {
                    Forget(target);
                }
            }
        }

        if (_reports && WatchedBuffers.IsNative((call as IInvocationOperation)?.TargetMethod ?? (IMethodSymbol)((IObjectCreationOperation)call).Constructor!))
        {
            CheckOverlapped(arguments, values, call);
        }

        return values;
    }

    /// <summary>An address gets to somebody outside.</summary>
    private void Check(Watch watch, PinValue value, IOperation argument)
    {
        bool isAddress = IsAddress(argument.Type) || IsAddress(Unconverted(argument).Type);
        if (isAddress)
        {
            CheckPinned(watch, value, argument.Syntax);
        }

        if ((!isAddress && !IsView(argument.Type)) || value.Kind is PinKind.Null or PinKind.Ended)
        {
            return;
        }

        if (watch.IsWritten && value.IsReadOnly)
        {
            Say(PinRules.BufferIsReadOnly, argument.Syntax, Name(value), watch.Name);
        }

        if (watch.MinimumBytes > 0 && value.LengthBytes < watch.MinimumBytes)
        {
            Say(PinRules.BufferIsTooShort, argument.Syntax, Name(value), watch.Name, watch.MinimumBytes, value.LengthBytes);
        }
    }

    private void CheckPinned(Watch watch, PinValue value, SyntaxNode place)
    {
        switch (value.Kind)
        {
            case PinKind.Managed:
                Say(PinRules.BufferIsNotPinned, place, Name(value), watch.Name);
                break;
            case PinKind.Loose when !PinEvidence.CallersPin(value.Root, place):
                Say(PinRules.BufferMayNotBePinned, place, Name(value), watch.Name);
                break;
            case PinKind.Ended:
                SayEnded(value, place, "used");
                break;
            case PinKind.Fixed when watch.IsKept && value is { IsCertain: true, Root: ILocalSymbol root } && PinEvidence.NothingWaits(place, root.Name):
                Say(PinRules.OperationOutlivesBuffer, place, Name(value));
                break;
            case PinKind.Unknown when value.IsWeak && watch.IsMarked:
                Say(PinRules.HandleIsMisused, place, "The number of a handle is not the address of what it holds");
                break;
            case PinKind.Unknown when _context.IsStrict && watch.IsMarked:
                Say(PinRules.BufferMayNotBePinned, place, "the memory", watch.Name);
                break;
        }
    }

    /// <summary>A structure gets to somebody outside, and the addresses in its fields with it.</summary>
    private void CheckFields(Watch watch, PinValue value, IOperation argument)
    {
        object? key = argument.Type is { IsValueType: true } && !IsAddress(argument.Type) ? KeyOf(Unconverted(argument)) : null;
        key ??= value is { Kind: PinKind.Stack, Root: ISymbol root } ? root : null;
        if (key is null)
        {
            return;
        }

        foreach (PinValue field in _state.FieldsOf(key))
        {
            if (!field.IsSound && field.Origin is not null)
            {
                CheckPinned(watch, field, argument.Syntax);
            }
        }
    }

    private bool IsMarked(IOperation target) =>
        target is IFieldReferenceOperation field && _context.Watched.Of(field.Field, _context.Tree) is not null;

    private void CheckStored(IOperation target, PinValue value, IOperation source)
    {
        ISymbol? member = target switch
        {
            IFieldReferenceOperation field => field.Field,
            IPropertyReferenceOperation property => property.Property,
            _ => null,
        };
        if (member is not null && _context.Watched.Of(member, _context.Tree) is Watch watch)
        {
            Check(watch, value, source);
        }
    }

    /// <summary>An address that nothing pins is kept for later.</summary>
    private void CheckKept(PinValue value, IOperation source)
    {
        if (value is { Kind: PinKind.Managed, Origin: not null } && (value.Root is ILocalSymbol || IsArray(value.Root)) && value.Stored is null)
        {
            SayOutlives(value with { IsCertain = true }, source.Syntax, "kept, and nothing pins it");
        }
    }

    private void CheckReturned(IOperation returned, PinValue value)
    {
        if (_method is not null && _context.Watched.OfReturn(_method, _context.Tree) is Watch watch)
        {
            Check(watch, value, returned);
        }
    }

    /// <summary>A span is read whose memory is no longer pinned.</summary>
    private void CheckRead(PinValue value, IOperation reference)
    {
        if (value is { Kind: PinKind.Ended, End: PinEnd.FixedLeft } && IsSpan(reference.Type))
        {
            SaySpan(value, reference.Syntax);
        }
    }

    private void CheckHandle(PinValue handle, IOperation use)
    {
        if (handle is { Kind: PinKind.Held, IsWeak: true })
        {
            Say(PinRules.HandleIsMisused, use.Syntax, "The handle does not pin, so there is no address to take; allocate it with GCHandleType.Pinned");
        }
        else if (handle is { Kind: PinKind.Ended, End: PinEnd.HandleFreed })
        {
            Say(PinRules.HandleIsMisused, use.Syntax, "The handle is freed before its address is taken");
        }
    }

    private void CheckLease(PinValue lease, IOperation use)
    {
        if (lease is { Kind: PinKind.Ended, End: PinEnd.LeaseDisposed })
        {
            Say(PinRules.LeaseIsMisused, use.Syntax, "The lease is disposed before this use of it");
        }
    }

    /// <summary>A native operation that is told where to report its end later, within a <c>fixed</c> statement that ends at once.</summary>
    private void CheckOverlapped(ImmutableArray<IArgumentOperation> arguments, List<PinValue> values, IOperation call)
    {
        bool isAsynchronous = false;
        for (int i = 0; i < values.Count; i++)
        {
            isAsynchronous |= values[i].Kind != PinKind.Null
                && arguments[i].Value.ConstantValue.HasValue == false
                && arguments[i].Parameter?.Type is IPointerTypeSymbol { PointedAtType.Name: "NativeOverlapped" or "OVERLAPPED" or "Overlapped" };
        }

        PinValue? buffer = values.Find(value => value is { Kind: PinKind.Fixed, IsCertain: true, Root: ILocalSymbol });
        if (isAsynchronous && buffer is not null && PinEvidence.NothingWaits(call.Syntax, buffer.Root!.Name))
        {
            Say(PinRules.OperationOutlivesBuffer, call.Syntax, $"'{buffer.Root.Name}'");
        }
    }

    private void SayEnded(PinValue value, SyntaxNode place, string how)
    {
        switch (value.End)
        {
            case PinEnd.FixedLeft:
                SayOutlives(value, place, how + " after the fixed statement that pins it");
                break;
            case PinEnd.HandleFreed:
                Say(PinRules.AddressOutlivesPin, place, Name(value), how + " after the handle that pins it is freed");
                break;
            case PinEnd.MemoryFreed:
                Say(PinRules.AddressOutlivesPin, place, Name(value), how + " after the memory is freed");
                break;
            case PinEnd.MethodSuspended:
                Say(PinRules.AddressOutlivesPin, place, Name(value), how + " after an await or yield, which gives up the stack it is on");
                break;
            case PinEnd.LeaseDisposed:
                Say(PinRules.LeaseIsMisused, place, $"The address is {how} after its lease is disposed");
                break;
            case PinEnd.PoolReturned:
                Say(PinRules.PooledArrayIsReturnedEarly, place, $"The address of a pooled array is {how} after the array went back to its pool");
                break;
        }
    }

    /// <summary>An error where the memory certainly moves, a warning for an array somebody gave, and nothing for what may be native memory.</summary>
    private void SayOutlives(PinValue value, SyntaxNode place, string how)
    {
        if (value.IsCertain || _context.IsStrict || IsArray(value.Root))
        {
            Say(PinRules.AddressOutlivesPin, place, value.IsCertain ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning, Name(value), how);
        }
    }

    private void SaySpan(PinValue value, SyntaxNode place)
    {
        if (value.IsCertain || _context.IsStrict || IsArray(value.Root))
        {
            Say(PinRules.SpanOutlivesPin, place, Name(value));
        }
    }

    private static bool IsArray(ISymbol? variable) => variable switch
    {
        IParameterSymbol parameter => parameter.Type is IArrayTypeSymbol,
        ILocalSymbol local => local.Type is IArrayTypeSymbol,
        IFieldSymbol field => field.Type is IArrayTypeSymbol,
        _ => false,
    };

    private static string Name(PinValue value) => value.Root is null || value.What.Contains("'") ? value.What : $"'{value.Root.Name}'";

    private void Say(DiagnosticDescriptor rule, SyntaxNode place, params object?[] words) => Say(rule, place, rule.DefaultSeverity, words);

    private void Say(DiagnosticDescriptor rule, SyntaxNode place, DiagnosticSeverity severity, params object?[] words)
    {
        if (_reports)
        {
            _context.Report(rule, place, severity, words!);
        }
    }
}
