using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using TmemCore.Generators.Models;

namespace TmemCore.Analyzers.Abi;

/// <summary>The rules about definitions, one for each kind of problem the parsers find.</summary>
internal static class AbiDescriptors
{
    private const string Category = "Abi";

    public static readonly DiagnosticDescriptor TypeMustBePartial = new(
        RuleIdentifiers.TypeMustBePartial,
        "ABI type and its containers must be partial",
        "{0} must be partial, so that members can be added to it",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.TypeMustBePartial));

    public static readonly DiagnosticDescriptor TypeHasNoFixedForm = new(
        RuleIdentifiers.TypeHasNoFixedForm,
        "Field type has no fixed ABI form",
        "{0} has no fixed binary form as {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.TypeHasNoFixedForm));

    public static readonly DiagnosticDescriptor SizeDiffers = new(
        RuleIdentifiers.SizeDiffers,
        "Declared size differs from the computed layout",
        "{0} is declared to have {1} bytes but has {2} in {3} for {4}-bit callers",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.SizeDiffers));

    public static readonly DiagnosticDescriptor HiddenPadding = new(
        RuleIdentifiers.HiddenPadding,
        "Hidden padding in an ABI structure",
        "{1} bytes of padding come before {0} for {2}-bit callers; declare them as a reserved field",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.HiddenPadding));

    public static readonly DiagnosticDescriptor WidthsDiffer = new(
        RuleIdentifiers.WidthsDiffer,
        "ABI structure differs between word sizes, and nothing says that it may",
        "{0} is laid out differently for 64-bit callers ({1} bytes) and 32-bit ones ({2} bytes) in {3}; state both sizes if this is meant",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.WidthsDiffer));

    public static readonly DiagnosticDescriptor UnionCannotBeRead = new(
        RuleIdentifiers.UnionCannotBeRead,
        "Union without a tag that tells its arms apart",
        "{0} cannot be read: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.UnionCannotBeRead));

    public static readonly DiagnosticDescriptor NumberIsTaken = new(
        RuleIdentifiers.NumberIsTaken,
        "Number or name of an op is taken",
        "The number or the name of {0} is taken by {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.NumberIsTaken),
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor ProjectLacksSomething = new(
        RuleIdentifiers.ProjectLacksSomething,
        "Project lacks what the generated code needs",
        "The code generated for {0} needs {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.ProjectLacksSomething));

    public static readonly DiagnosticDescriptor MemberCannotBeSet = new(
        RuleIdentifiers.MemberCannotBeSet,
        "Generated code cannot set a member",
        "Generated code cannot set {0}: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.MemberCannotBeSet));

    public static readonly DiagnosticDescriptor MemberHasNoCounterpart = new(
        RuleIdentifiers.MemberHasNoCounterpart,
        "Member of an op has no counterpart in the family's structure",
        "{0} finds no member {1} of its type in {2}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.MemberHasNoCounterpart));

    public static readonly DiagnosticDescriptor NameIsTaken = new(
        RuleIdentifiers.NameIsTaken,
        "Name is taken by generated code",
        "The name {0} is taken by generated code",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.NameIsTaken));

    public static readonly DiagnosticDescriptor GenerationsDoNotWorkOut = new(
        RuleIdentifiers.GenerationsDoNotWorkOut,
        "Ranges of generations do not work out",
        "The generations of {0} do not work out: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.GenerationsDoNotWorkOut));

    public static readonly DiagnosticDescriptor ShapeCannotBeGenerated = new(
        RuleIdentifiers.ShapeCannotBeGenerated,
        "Definition has a shape no code can be generated for",
        "No code can be generated for {0}: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: RuleIdentifiers.HelpLink(RuleIdentifiers.ShapeCannotBeGenerated));

    public static readonly IReadOnlyDictionary<ProblemKind, DiagnosticDescriptor> ByKind =
        new Dictionary<ProblemKind, DiagnosticDescriptor>
        {
            [ProblemKind.NotPartial] = TypeMustBePartial,
            [ProblemKind.NoFixedForm] = TypeHasNoFixedForm,
            [ProblemKind.SizeDiffers] = SizeDiffers,
            [ProblemKind.HiddenPadding] = HiddenPadding,
            [ProblemKind.WidthsDiffer] = WidthsDiffer,
            [ProblemKind.UnionWithoutTag] = UnionCannotBeRead,
            [ProblemKind.NumberTaken] = NumberIsTaken,
            [ProblemKind.ProjectLacks] = ProjectLacksSomething,
            [ProblemKind.NotSettable] = MemberCannotBeSet,
            [ProblemKind.NoCounterpart] = MemberHasNoCounterpart,
            [ProblemKind.NameTaken] = NameIsTaken,
            [ProblemKind.BadRange] = GenerationsDoNotWorkOut,
            [ProblemKind.BadShape] = ShapeCannotBeGenerated,
        };
}
