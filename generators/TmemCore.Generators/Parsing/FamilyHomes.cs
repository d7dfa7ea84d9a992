using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>
/// What all ops of a family need of it. The ops are read one by one, and a family of fifty read anew for each was half the
/// time of a keystroke; so it is kept as long as the family's symbol lives, which is no longer than its compilation.
/// </summary>
internal sealed class FamilyHomes
{
    private static readonly ConditionalWeakTable<INamedTypeSymbol, FamilyHomes> s_known = new();

    private FamilyHomes(INamedTypeSymbol family)
    {
        ProblemList problems = new();
        FamilyParser.Parse(family, problems);
        IsSound = !problems.AnyBlocks;
        List = FamilyParser.ParseHomes(family, new ProblemList());
    }

    /// <summary>Whether code can be made for the family.</summary>
    public bool IsSound { get; }

    public IReadOnlyList<Home> List { get; }

    public static FamilyHomes Of(INamedTypeSymbol family) => s_known.GetValue(family, static symbol => new FamilyHomes(symbol));
}
