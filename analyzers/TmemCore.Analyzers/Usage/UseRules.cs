using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Usage;

/// <summary>The rules about calls of the library.</summary>
internal static class UseRules
{
    public static readonly DiagnosticDescriptor ResultIsComparedWithZero = Make(
        RuleIdentifiers.ResultIsComparedWithZero,
        "Result compared with zero, which does not tell success from errors",
        "{0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor PutIsIgnored = Make(
        RuleIdentifiers.PutIsIgnored,
        "Result of a put that must not be lost is ignored",
        "The result of '{0}' is ignored; if the put is refused, the page is lost unnoticed",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor PoolFlagsAreInvalid = Make(
        RuleIdentifiers.PoolFlagsAreInvalid,
        "Constant pool flags are invalid",
        "No pool can be made with the flags 0x{0}: {1}",
        DiagnosticSeverity.Error);

    public static readonly DiagnosticDescriptor IndexIsNarrowed = Make(
        RuleIdentifiers.IndexIsNarrowed,
        "Index narrowed to 32 bits unchecked",
        "The index is cut to 32 bits; numbers that differ by 4,294,967,296 become one page",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor PageIsTakenTwice = Make(
        RuleIdentifiers.PageIsTakenTwice,
        "Page taken that was taken before",
        "The page was taken out of the pool before and nothing put it back, so that it cannot be found",
        DiagnosticSeverity.Info,
        isEnabledByDefault: false);

    public static readonly DiagnosticDescriptor MissIsRead = Make(
        RuleIdentifiers.MissIsRead,
        "Buffer of a get is read as if the page were there",
        "{0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor OwnerIsNeverDisposed = Make(
        RuleIdentifiers.OwnerIsNeverDisposed,
        "Host, client or pool is never disposed",
        "'{0}' is never disposed, so that {1}",
        DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Make(string id, string title, string message, DiagnosticSeverity severity, bool isEnabledByDefault = true) => new(
        id, title, message, "Usage", severity, isEnabledByDefault, helpLinkUri: RuleIdentifiers.HelpLink(id));
}
