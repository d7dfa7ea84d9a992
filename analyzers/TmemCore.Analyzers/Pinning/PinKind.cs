namespace TmemCore.Analyzers.Pinning;

/// <summary>What is known of the memory that a reference, a span, an address or an array leads to.</summary>
internal enum PinKind
{
    /// <summary>The variable has no value yet.</summary>
    Unset,

    /// <summary>Null, or an address that is zero.</summary>
    Null,

    /// <summary>Memory the garbage collector moves: an array of its own, a field of an object, a string.</summary>
    Managed,

    /// <summary>Memory the garbage collector may well move: an array, span or reference somebody else gave.</summary>
    Loose,

    /// <summary>Memory on the stack of the running method.</summary>
    Stack,

    /// <summary>Memory that stays where it is for ever: native, pinned heap, data of the program.</summary>
    Steady,

    /// <summary>Pinned by a <c>fixed</c> statement.</summary>
    Fixed,

    /// <summary>Kept in place by a handle, a lease or an allocation that can be ended.</summary>
    Held,

    /// <summary>A task that still uses the memory.</summary>
    Pending,

    /// <summary>What kept the memory in place has ended.</summary>
    Ended,

    /// <summary>Nothing is known.</summary>
    Unknown,
}
