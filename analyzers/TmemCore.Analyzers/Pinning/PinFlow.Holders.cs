using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TmemCore.Analyzers.Pinning;

/// <summary>What keeps memory in place and lets go of it: handles, leases, native memory; and pools of arrays.</summary>
internal sealed partial class PinFlow
{
    private PinValue? CallHandle(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        if (name == "Alloc")
        {
            PinValue target = Value(Unconverted(call.Arguments[0].Value));
            object? type = call.Arguments.Length > 1 ? call.Arguments[1].Value.ConstantValue.Value : 2;
            return type is int kind ? HoldTarget(call, target, isWeak: kind != 3) : PinValue.Unknown;
        }

        if (call.Instance is null && !call.TargetMethod.IsExtensionMethod)
        {
            PinValue argument = ValueOfArguments(call);
            return name == "ToIntPtr" ? PinValue.Unknown with { IsWeak = true } : argument.Kind == PinKind.Unset ? null : PinValue.Unknown;
        }

        PinValue handle = call.Instance is null ? ValueOfArguments(call) : Value(call.Instance);
        if (name == "AddrOfPinnedObject" || name.StartsWith("GetAddressOf", System.StringComparison.Ordinal))
        {
            CheckHandle(handle, call);
            return handle.IsWeak ? PinValue.Unknown : handle;
        }

        return name is "Free" or "Dispose" ? Release(handle, PinEnd.HandleFreed) : PinValue.Unknown;
    }

    private PinValue? CallBuffers(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        string owner = call.TargetMethod.ContainingType.Name;
        switch (owner)
        {
            case "ArrayPool" when name == "Rent":
                Visit(call);
                bool isShared = call.Instance is IPropertyReferenceOperation { Property.Name: "Shared" };
                return Fresh(call.Syntax, PinValue.Of(isShared ? PinKind.Managed : PinKind.Loose, "a pooled array", call.Syntax) with { Pool = call.Syntax });
            case "ArrayPool" when name == "Return":
                if (call.Instance is not null)
                {
                    Value(call.Instance);
                }

                PinValue array = ValueOfArguments(call);
                if (array.Pool is SyntaxNode pool)
                {
                    EndPool(pool, call.Syntax);
                }

                return PinValue.Unknown;
            case "MemoryHandle" when name == "Dispose":
                return Release(Value(call.Instance!), PinEnd.HandleFreed);
            default:
                return null;
        }
    }

    private PinValue? CallLease(IInvocationOperation call)
    {
        string name = call.TargetMethod.Name;
        if (name == "Rent")
        {
            Visit(call);
            return Hold(call, "a lease", ConstantOf(call.Arguments[0].Value));
        }

        if (call.Instance is null || !IsLease(call.TargetMethod.ContainingType))
        {
            return null;
        }

        PinValue lease = Value(call.Instance);
        ValueOfArguments(call);
        if (name == "Slice")
        {
            CheckLease(lease, call);
            return lease with { LengthBytes = ConstantOf(call.Arguments[1].Value) };
        }

        return name == "Dispose" ? Release(lease, PinEnd.LeaseDisposed) : PinValue.Unknown;
    }

    private PinValue DisposeOf(IOperation instance)
    {
        ITypeSymbol? type = Unconverted(instance).Type;
        PinValue value = Value(instance);
        return Release(value, IsLease(type) ? PinEnd.LeaseDisposed : PinEnd.HandleFreed);
    }

    private PinValue Hold(IOperation maker, string what, long? lengthBytes) =>
        Fresh(maker.Syntax, PinValue.Of(PinKind.Held, what, maker.Syntax) with { Holder = maker.Syntax, LengthBytes = lengthBytes });

    private PinValue HoldTarget(IOperation maker, PinValue target, bool isWeak) => Fresh(maker.Syntax, target with
    {
        Kind = PinKind.Held,
        Holder = maker.Syntax,
        IsWeak = isWeak,
        IsCertain = target.Kind == PinKind.Managed,
        Origin = maker.Syntax,
    });

    /// <summary>The same place makes another: what is known of the one before is no longer about this one.</summary>
    private PinValue Fresh(SyntaxNode maker, PinValue value)
    {
        _state = _state.Replace(
            old => old.Kind != PinKind.Ended && (Equals(old.Holder, maker) || old.Pool == maker), _ => PinValue.Unknown);
        return value;
    }

    private PinValue Release(PinValue value, PinEnd how)
    {
        if (value is { Kind: PinKind.Held, Holder: object holder })
        {
            End(holder, how);
        }

        return PinValue.Unknown;
    }
}
