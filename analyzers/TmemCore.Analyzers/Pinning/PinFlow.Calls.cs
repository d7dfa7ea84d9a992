using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>Calls: those of the base library that make, keep and free addresses, and all others, which may be given one.</summary>
internal sealed partial class PinFlow
{
    private PinValue Call(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        INamedTypeSymbol owner = method.ContainingType;
        PinValue? known = owner.ContainingNamespace?.ToDisplayString() switch
        {
            "System.Runtime.CompilerServices" when owner.Name == "Unsafe" => CallUnsafe(call),
            "System.Runtime.InteropServices" => CallInterop(call),
            "System" => CallSystem(call),
            "System.Buffers" => CallBuffers(call),
            "TmemCore.Hypercalls" when IsLease(owner) || owner.Name == "HypercallBufferPool" => CallLease(call),
            _ => null,
        };
        return known ?? CallOther(call);
    }

    private PinValue? CallUnsafe(IInvocationOperation call)
    {
        switch (call.TargetMethod.Name)
        {
            case "AsPointer":
                return Address(PlaceOfArgument(call, 0), call.Syntax);
            case "AsRef" when call.TargetMethod.Parameters[0].RefKind == RefKind.None:
                return Value(call.Arguments[0].Value);
            case "AsRef" or "As" when call.Arguments.Length == 1 && call.TargetMethod.Parameters[0].RefKind != RefKind.None:
                return PlaceOfArgument(call, 0) with { IsReadOnly = false };
            case "Add" or "Subtract" or "AddByteOffset" or "SubtractByteOffset" when call.TargetMethod.Parameters[0].RefKind != RefKind.None:
                Value(call.Arguments[1].Value);
                return PlaceOfArgument(call, 0).Moved();
            case "Add" or "Subtract" when call.TargetMethod.Parameters[0].Type is IPointerTypeSymbol:
                Value(call.Arguments[1].Value);
                return Value(call.Arguments[0].Value).Moved();
            case "Unbox":
                Value(call.Arguments[0].Value);
                return PinValue.Of(PinKind.Managed, "a boxed value");
            default:
                return null;
        }
    }

    private PinValue? CallInterop(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        switch (call.TargetMethod.ContainingType.Name)
        {
            case "MemoryMarshal" when name is "GetReference" or "GetArrayDataReference" or "AsRef":
                return ValueOfArguments(call);
            case "MemoryMarshal" when name is "AsBytes" or "Cast" or "AsMemory":
                return ValueOfArguments(call);
            case "MemoryMarshal" when name is "CreateSpan" or "CreateReadOnlySpan":
                Value(call.Arguments[1].Value);
                return PlaceOfArgument(call, 0).Moved();
            case "CollectionsMarshal" when name == "AsSpan":
                ValueOfArguments(call);
                return PinValue.Of(PinKind.Managed, "the array of a list");
            case "Marshal" when name == "UnsafeAddrOfPinnedArrayElement":
                return AddressOfElement(call);
            case "Marshal" when name is "AllocHGlobal" or "AllocCoTaskMem" || name.StartsWith("StringTo", System.StringComparison.Ordinal):
                ValueOfArguments(call);
                return Hold(call, "native memory", call.Arguments[0].Value.ConstantValue.Value is int bytes ? bytes : null);
            case "Marshal" when name.StartsWith("Free", System.StringComparison.Ordinal) || name.StartsWith("ZeroFree", System.StringComparison.Ordinal):
                return Release(ValueOfArguments(call), PinEnd.MemoryFreed);
            case "NativeMemory" when name is "Alloc" or "AllocZeroed" or "AlignedAlloc":
                ValueOfArguments(call);
                return Hold(call, "native memory", call.Arguments.Length == 1 || name == "AlignedAlloc" ? ConstantOf(call.Arguments[0].Value) : null);
            case "NativeMemory" when name is "Free" or "AlignedFree":
                return Release(ValueOfArguments(call), PinEnd.MemoryFreed);
            case "GCHandle" or "PinnedGCHandle" or "GCHandleExtensions":
                return CallHandle(call);
            default:
                return null;
        }
    }

    private PinValue? CallSystem(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        INamedTypeSymbol owner = method.ContainingType;
        if (owner.Name == "GC" && method.Name is "AllocateArray" or "AllocateUninitializedArray")
        {
            ValueOfArguments(call);
            object? pinned = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "pinned")?.Value.ConstantValue.Value;
            long? length = ConstantOf(call.Arguments[0].Value) * SizeOf(method.TypeArguments[0]);
            PinKind kind = pinned switch { true => PinKind.Steady, false => PinKind.Managed, _ => PinKind.Unknown };
            return PinValue.Of(kind, "an array", call.Syntax) with { LengthBytes = length };
        }

        if (owner.Name == "MemoryExtensions" && IsView(method.ReturnType) && call.Arguments.Length > 0)
        {
            PinValue whole = ValueOfArguments(call);
            return method.Name is "AsSpan" or "AsMemory" ? Cut(call, whole, 1) : whole.Moved();
        }

        if (IsView(owner) && call.Instance is not null)
        {
            switch (method.Name)
            {
                case "Slice":
                    PinValue whole = Value(call.Instance);
                    ValueOfArguments(call);
                    return Cut(call, whole, 0);
                case "GetPinnableReference":
                    return Value(call.Instance);
                case "Pin":
                    return HoldTarget(call, Value(call.Instance), isWeak: false);
            }
        }

        if (owner.SpecialType == SpecialType.System_String && method.Name == "GetPinnableReference")
        {
            return Value(call.Instance!);
        }

        return method.Name == "Dispose" && call.Instance is not null ? DisposeOf(call.Instance) : null;
    }

    /// <summary>Any other call: what it is given is looked at, and what it may change is forgotten.</summary>
    private PinValue CallOther(IInvocationOperation call)
    {
        PinValue? instance = call.Instance is null ? null : Value(call.Instance);
        List<PinValue> values = CheckArguments(call.Arguments, call);
        IMethodSymbol method = call.TargetMethod;
        if (instance is { Kind: PinKind.Pending })
        {
            if (method.Name is "ConfigureAwait" or "AsTask" or "GetAwaiter" or "Preserve")
            {
                return instance;
            }

            Settle(instance);
        }

        foreach (PinValue given in values)
        {
            if (given.Kind == PinKind.Pending)
            {
                Settle(given);
            }
        }

        if (call.Instance is null or IInstanceReferenceOperation && !WatchedBuffers.IsNative(method)
            || call.Arguments.Any(argument => argument.Value is IInstanceReferenceOperation))
        {
            _state = _state.WithoutHeapFields();
        }

        if (IsTask(method.ReturnType))
        {
            return Started(call, values);
        }

        bool isLibrary = method.ContainingNamespace?.ToDisplayString().StartsWith("System", System.StringComparison.Ordinal) == true;
        return method.OriginalDefinition.ReturnType is IArrayTypeSymbol && isLibrary
            ? PinValue.Of(PinKind.Managed, "an array", call.Syntax)
            : Answer(call, values);
    }

    private PinValue CallPointer(IFunctionPointerInvocationOperation call)
    {
        Value(call.Target);
        var convention = (call.Target.Type as IFunctionPointerTypeSymbol)?.Signature.CallingConvention;
        bool isNative = convention is not System.Reflection.Metadata.SignatureCallingConvention.Default;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            bool isReference = IsByReference(argument.Parameter);
            PinValue value = isReference ? Place(argument.Value) : Value(argument.Value);

            // A reference the runtime pins for the call, as it does for an extern method.
            if (isNative && !isReference)
            {
                Check(new Watch("a native function", 0, IsWritten: false, IsMarked: false), value, argument.Value);
            }

            Forget(argument);
        }

        return PinValue.Unknown;
    }

    private PinValue Create(IObjectCreationOperation creation)
    {
        string owner = creation.Type?.Name ?? "";
        bool isView = IsView(creation.Type);
        if (isView && creation.Arguments.Length > 0)
        {
            PinValue whole = IsByReference(creation.Constructor?.Parameters[0]) ? Place(creation.Arguments[0].Value) : Value(creation.Arguments[0].Value);
            foreach (IArgumentOperation argument in creation.Arguments.Skip(1))
            {
                Value(argument.Value);
            }

            return creation.Arguments.Length == 1 ? whole : whole with { LengthBytes = ConstantOf(creation.Arguments[creation.Arguments.Length - 1].Value) * SizeOf(ElementOf(creation.Type)) };
        }

        if (owner is "IntPtr" or "UIntPtr" && creation.Arguments.Length == 1)
        {
            return Value(creation.Arguments[0].Value);
        }

        if (owner == "PinnedGCHandle" && creation.Arguments.Length == 1)
        {
            return HoldTarget(creation, Value(Unconverted(creation.Arguments[0].Value)), isWeak: false);
        }

        CheckArguments(creation.Arguments, creation);
        if (creation.Initializer is { } initializer)
        {
            Visit(initializer);
        }

        return PinValue.Unknown;
    }

    private PinValue Lambda(IFlowAnonymousFunctionOperation lambda)
    {
        PinState start = PinState.Empty;
        foreach ((ISymbol symbol, SyntaxNode place) in _captures.Of(lambda.Syntax))
        {
            if (_state.Find(symbol) is { Kind: PinKind.Managed or PinKind.Ended } known && _captures.IsSetOnce(symbol))
            {
                start = start.With(symbol, known);
            }
            else if (_state.Find(symbol) is { Kind: PinKind.Pending } pending)
            {
                Settle(pending);
            }
            else if (_state.Find(symbol) is { Kind: PinKind.Fixed or PinKind.Stack } value && PinEvidence.RunsLater(lambda.Syntax))
            {
                SayOutlives(value.Kind == PinKind.Stack ? value with { IsCertain = true } : value, place, "captured by a function that runs later");
            }
        }

        _lambdas[lambda.Syntax] = (lambda, start);
        return PinValue.Unknown;
    }

    /// <summary>A task that was given addresses, or a pooled array, uses them until it is over.</summary>
    private static PinValue Started(IInvocationOperation call, List<PinValue> values)
    {
        for (int i = 0; i < values.Count; i++)
        {
            PinValue given = values[i];
            bool isAddress = given.Kind is PinKind.Fixed or PinKind.Held && given.IsWeak == false && IsAddress(call.Arguments[i].Value.Type);
            bool isPooled = given.Pool is not null && call.TargetMethod.Name.EndsWith("Async", System.StringComparison.Ordinal);
            if (isAddress || isPooled)
            {
                return given with { Kind = PinKind.Pending, Holder = isAddress ? given.Holder : null, Origin = call.Syntax };
            }
        }

        return PinValue.Unknown;
    }

    private PinValue AddressOfElement(IInvocationOperation call)
    {
        PinValue array = ValueOfArguments(call);
        if (array.Kind == PinKind.Loose && !(array.Root is IParameterSymbol { ContainingSymbol.DeclaredAccessibility: not Accessibility.Private }))
        {
            return PinValue.Unknown;
        }

        PinValue place = call.Arguments[1].Value.ConstantValue.Value is 0 ? array : array.Moved();
        return Address(place, call.Syntax);
    }

    private PinValue PlaceOfArgument(IInvocationOperation call, int index) => Place(call.Arguments[index].Value);

    /// <summary>Looks at all arguments; the value is the first one's.</summary>
    private PinValue ValueOfArguments(IInvocationOperation call)
    {
        PinValue? first = null;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            PinValue value = IsByReference(argument.Parameter) ? Place(argument.Value) : Value(argument.Value);
            first ??= value;
        }

        return first ?? PinValue.Unknown;
    }

    private static PinValue Cut(IInvocationOperation call, PinValue whole, int first)
    {
        IArgumentOperation[] cut = [.. call.Arguments.Skip(first).Where(argument => argument.ArgumentKind != ArgumentKind.DefaultValue)];
        return cut.Length switch
        {
            0 => whole,
            2 => whole with { LengthBytes = ConstantOf(cut[1].Value) * SizeOf(ElementOf(call.Type)) },
            _ when whole.LengthBytes is long length && ConstantOf(cut[0].Value) * SizeOf(ElementOf(call.Type)) is long skipped && skipped <= length =>
                whole with { LengthBytes = length - skipped },
            _ => whole.Moved(),
        };
    }
}
