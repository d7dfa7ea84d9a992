namespace TmemCore.Generators.Models;

/// <summary>One type that has to be opened to reach the annotated one, outermost first; the last is the type itself.</summary>
/// <param name="Keyword">Such as <c>readonly partial record struct</c> without its modifiers: <c>record struct</c>.</param>
/// <param name="Name">The escaped name with its type parameters.</param>
internal sealed record TypePart(string Keyword, string Name);

/// <summary>What the emitters need to know of the annotated type itself.</summary>
/// <param name="FullName">The name as other code writes it, from <c>global::</c> on.</param>
/// <param name="HintName">The name of the generated file, without its ending.</param>
/// <param name="DisplayName">The name as messages and documents write it.</param>
internal sealed record TypeShape(
    string Namespace,
    EquatableArray<TypePart> Parts,
    string Name,
    string FullName,
    string DisplayName,
    string HintName,
    bool IsRecord,
    bool IsPublic,
    bool HasOwnEquality,
    bool HasOwnToString,
    bool HasRequiredMembers);
