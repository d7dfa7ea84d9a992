using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Pinning;

/// <summary>
/// What is known of the memory behind one value. The same value stands for an array, for spans and references into it and
/// for addresses made of those: what matters is the memory.
/// </summary>
internal sealed record PinValue
{
    public static readonly PinValue Unknown = new() { Kind = PinKind.Unknown };

    public static readonly PinValue Null = new() { Kind = PinKind.Null };

    public PinKind Kind { get; init; }

    /// <summary>Who keeps the memory in place: the local of a <c>fixed</c> statement, or the place where a handle was made.</summary>
    public object? Holder { get; init; }

    /// <summary>How the holder's memory is called once it is given back.</summary>
    public PinEnd End { get; init; }

    /// <summary>Where a reference was made an address.</summary>
    public SyntaxNode? Origin { get; init; }

    /// <summary>The memory in words, for messages.</summary>
    public string What { get; init; } = "memory";

    /// <summary>How many bytes there are from here on, where that is known.</summary>
    public long? LengthBytes { get; init; }

    public bool IsReadOnly { get; init; }

    /// <summary>Where the array was rented from a pool.</summary>
    public SyntaxNode? Pool { get; init; }

    /// <summary>The variable the memory was reached through: a parameter, a local, a field.</summary>
    public ISymbol? Root { get; init; }

    /// <summary>Where the address was put into something that outlives the method.</summary>
    public SyntaxNode? Stored { get; init; }

    /// <summary>Of pinned memory: whether it is certain that it moves once it is not pinned any more.</summary>
    public bool IsCertain { get; init; }

    /// <summary>Of a handle: whether it pins. An address of one that does not is no address.</summary>
    public bool IsWeak { get; init; }

    public bool IsSound => Kind is not (PinKind.Managed or PinKind.Loose or PinKind.Ended);

    public static PinValue Of(PinKind kind, string what, SyntaxNode? origin = null) => new() { Kind = kind, What = what, Origin = origin };

    /// <summary>The value after two ways have met: what holds on both. A way on which there is no value yet says nothing.</summary>
    public static PinValue Join(PinValue left, PinValue right)
    {
        if (left.Equals(right) || right.Kind is PinKind.Unset or PinKind.Null)
        {
            return left;
        }

        if (left.Kind is PinKind.Unset or PinKind.Null)
        {
            return right;
        }

        bool bothManaged = left.Kind is PinKind.Managed or PinKind.Loose && right.Kind is PinKind.Managed or PinKind.Loose;
        if ((!bothManaged && left.Kind != right.Kind) || !Equals(left.Holder, right.Holder) || left.Kind == PinKind.Unknown || left.End != right.End)
        {
            return Unknown;
        }

        PinValue first = (left.Origin?.SpanStart ?? 0) <= (right.Origin?.SpanStart ?? 0) ? left : right;
        return first with
        {
            Kind = left.Kind == right.Kind ? left.Kind : PinKind.Loose,
            LengthBytes = left.LengthBytes == right.LengthBytes ? left.LengthBytes : null,
            IsReadOnly = left.IsReadOnly && right.IsReadOnly,
            Pool = left.Pool == right.Pool ? left.Pool : null,
            Root = SymbolEqualityComparer.Default.Equals(left.Root, right.Root) ? left.Root : null,
            IsCertain = left.IsCertain && right.IsCertain,
            IsWeak = left.IsWeak && right.IsWeak,
        };
    }

    /// <summary>Somewhere in the same memory.</summary>
    public PinValue Moved() => LengthBytes is null ? this : this with { LengthBytes = null };
}
