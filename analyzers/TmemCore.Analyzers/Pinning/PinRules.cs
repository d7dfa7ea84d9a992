using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Pinning;

/// <summary>The rules about addresses of memory that moves or dies.</summary>
internal static class PinRules
{
    public static readonly DiagnosticDescriptor BufferIsNotPinned = Make(
        RuleIdentifiers.BufferIsNotPinned,
        "Unpinned buffer passed to a hypercall or native call",
        "Nothing pins {0}, whose address goes to '{1}'; the garbage collector may move it during the call",
        DiagnosticSeverity.Error);

    public static readonly DiagnosticDescriptor AddressOutlivesPin = Make(
        RuleIdentifiers.AddressOutlivesPin,
        "Address outlives what keeps its memory in place",
        "The address of {0} is {1}",
        DiagnosticSeverity.Error);

    public static readonly DiagnosticDescriptor BufferMayNotBePinned = Make(
        RuleIdentifiers.BufferMayNotBePinned,
        "Buffer that is not known to be pinned passed to a hypercall or native call",
        "Nothing shows that {0} is pinned, whose address goes to '{1}'",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor SpanOutlivesPin = Make(
        RuleIdentifiers.SpanOutlivesPin,
        "Span over a pinned address outlives the pin",
        "The span leads to the address of {0}, which is no longer pinned here",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor HandleIsMisused = Make(
        RuleIdentifiers.HandleIsMisused,
        "Handle does not pin, is freed, or is never freed",
        "{0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor LeaseIsMisused = Make(
        RuleIdentifiers.LeaseIsMisused,
        "Lease is never disposed, or is used afterwards",
        "{0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor BufferIsReadOnly = Make(
        RuleIdentifiers.BufferIsReadOnly,
        "Read-only memory passed to a call that writes",
        "'{1}' is written to by the other side, and {0} is read-only",
        DiagnosticSeverity.Error);

    public static readonly DiagnosticDescriptor BufferIsTooShort = Make(
        RuleIdentifiers.BufferIsTooShort,
        "Buffer is shorter than what the call touches",
        "'{1}' touches {2} bytes, and {0} has {3}",
        DiagnosticSeverity.Error);

    public static readonly DiagnosticDescriptor PooledArrayIsReturnedEarly = Make(
        RuleIdentifiers.PooledArrayIsReturnedEarly,
        "Pooled array returned while a call may still use it",
        "{0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor DelegateMayDie = Make(
        RuleIdentifiers.DelegateMayDie,
        "Function pointer of a delegate that nothing keeps alive",
        "Nothing keeps the delegate alive whose function pointer is taken; keep it in a field, or call GC.KeepAlive when native code is done",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor OperationOutlivesBuffer = Make(
        RuleIdentifiers.OperationOutlivesBuffer,
        "Asynchronous operation outlives its buffer",
        "The operation may still run when {0} is released",
        DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Make(string id, string title, string message, DiagnosticSeverity severity) => new(
        id, title, message, "Pinning", severity, isEnabledByDefault: true, helpLinkUri: RuleIdentifiers.HelpLink(id));
}
