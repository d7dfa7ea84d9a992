namespace TmemCore.Analyzers;

/// <summary>
/// The register of rule ids, a facet for each family. TMEM0xx are about definitions of the binary interface. Ids are never reused.
/// </summary>
internal static partial class RuleIdentifiers
{
    public const string TypeMustBePartial = "TMEM001";
    public const string TypeHasNoFixedForm = "TMEM002";
    public const string SizeDiffers = "TMEM003";
    public const string HiddenPadding = "TMEM004";
    public const string UnionCannotBeRead = "TMEM005";
    public const string WidthsDiffer = "TMEM006";
    public const string NumberIsTaken = "TMEM007";
    public const string TypeIsReinterpreted = "TMEM008";
    public const string ProjectLacksSomething = "TMEM009";
    public const string MemberCannotBeSet = "TMEM010";
    public const string MemberHasNoCounterpart = "TMEM011";
    public const string NameIsTaken = "TMEM012";
    public const string GenerationsDoNotWorkOut = "TMEM013";
    public const string ShapeCannotBeGenerated = "TMEM014";

    /// <summary>The property of a diagnostic that tells its repair what to write.</summary>
    public const string Hint = "Hint";

    /// <summary>The page that explains a rule.</summary>
    public static string HelpLink(string id) => "analyzers/docs/" + id + ".md";
}
