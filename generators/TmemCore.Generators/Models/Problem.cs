using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace TmemCore.Generators.Models;

/// <summary>What can be wrong with a definition. The generator skips what has one of these; the analyzer reports it.</summary>
internal enum ProblemKind
{
    NotPartial,
    NoFixedForm,
    SizeDiffers,
    HiddenPadding,
    WidthsDiffer,
    UnionWithoutTag,
    NumberTaken,
    ProjectLacks,
    NotSettable,
    NoCounterpart,
    NameTaken,
    BadRange,
    BadShape,
}

/// <summary>A problem, said of a type or of one of its members.</summary>
/// <param name="Symbol">Where to report it. Problems live within one parse: the generator drops them at once.</param>
/// <param name="Arguments">What the rule's message takes.</param>
internal sealed record Problem(ProblemKind Kind, ISymbol Symbol, string[] Arguments)
{
    /// <summary>Whether code can be generated all the same.</summary>
    public bool IsHarmless => Kind is ProblemKind.HiddenPadding or ProblemKind.SizeDiffers or ProblemKind.WidthsDiffer;

    /// <summary>What a repair needs to know, or null where there is none.</summary>
    public string? Hint { get; init; }
}

/// <summary>Collects the problems of one definition.</summary>
internal sealed class ProblemList
{
    private readonly List<Problem> _problems = [];

    public IReadOnlyList<Problem> All => _problems;

    public bool AnyBlocks => _problems.Exists(problem => !problem.IsHarmless);

    public void Add(ProblemKind kind, ISymbol symbol, params string[] arguments) =>
        _problems.Add(new Problem(kind, symbol, arguments));

    public void AddWithHint(ProblemKind kind, ISymbol symbol, string? hint, params string[] arguments) =>
        _problems.Add(new Problem(kind, symbol, arguments) { Hint = hint });
}
