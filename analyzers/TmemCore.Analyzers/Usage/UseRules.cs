using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Usage;

/// <summary>The rules about calls of the library.</summary>
internal static class UseRules
{
    public static readonly DiagnosticDescriptor PutIsIgnored = Make(
        RuleIdentifiers.PutIsIgnored,
        "Result of a put that must not be lost is ignored",
        "The result of '{0}' is ignored; if the put is refused, the page is lost unnoticed",
        DiagnosticSeverity.Warning);

    private static DiagnosticDescriptor Make(string id, string title, string message, DiagnosticSeverity severity) => new(
        id, title, message, "Usage", severity, isEnabledByDefault: true, helpLinkUri: RuleIdentifiers.HelpLink(id));
}
