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

    public static readonly DiagnosticDescriptor MissIsRead = Make(
        RuleIdentifiers.MissIsRead,
        "Buffer of a get is read as if the page were there",
        "{0}",
        DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Make(string id, string title, string message, DiagnosticSeverity severity) => new(
        id, title, message, "Usage", severity, isEnabledByDefault: true, helpLinkUri: RuleIdentifiers.HelpLink(id));
}
