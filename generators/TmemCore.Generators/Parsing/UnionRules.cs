using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>
/// A union of several members can only be read when something says which one applies: there must be one tag, every member of
/// the union must be an arm, and no value of the tag may select two.
/// </summary>
internal static class UnionRules
{
    public static void Check(
        INamedTypeSymbol type,
        IReadOnlyList<(ISymbol Symbol, FieldDefinition Field)> fields,
        Generations range,
        ProblemList problems)
    {
        CheckTag(type, fields, range, problems);
        for (int generation = range.Since; generation <= range.Until; generation++)
        {
            ProblemList found = new();
            CheckUnions(type, fields, generation, found);
            if (found.All.Count > 0)
            {
                foreach (Problem problem in found.All)
                {
                    problems.Add(problem.Kind, problem.Symbol, problem.Arguments);
                }

                return;
            }
        }
    }

    private static void CheckTag(
        INamedTypeSymbol type,
        IReadOnlyList<(ISymbol Symbol, FieldDefinition Field)> fields,
        Generations range,
        ProblemList problems)
    {
        List<(ISymbol Symbol, FieldDefinition Field)> tags = fields.Where(entry => entry.Field.IsTag).ToList();
        if (tags.Count > 1)
        {
            problems.Add(ProblemKind.UnionWithoutTag, tags[1].Symbol, tags[1].Field.Member, "there is already a tag");
        }

        foreach ((ISymbol symbol, FieldDefinition tag) in tags)
        {
            bool plain = tag.Type is { Kind: ValueKind.UInt32, IsEnum: false } && tag.Names.All(name => name.Union is null);
            bool always = Enumerable.Range(range.Since, range.Until - range.Since + 1)
                .All(generation => tag.Names.Any(name => name.Range.Contains(generation)));
            if (!plain || !always)
            {
                problems.Add(
                    ProblemKind.UnionWithoutTag, symbol, tag.Member, "a tag is a uint, outside unions and in every generation");
            }
        }

        if (tags.Count == 0 && fields.Any(entry => entry.Field.IsArm))
        {
            problems.Add(ProblemKind.UnionWithoutTag, type, type.Name, "it has arms but no tag");
        }
    }

    private static void CheckUnions(
        INamedTypeSymbol type,
        IReadOnlyList<(ISymbol Symbol, FieldDefinition Field)> fields,
        int generation,
        ProblemList problems)
    {
        string? union = null;
        HashSet<string> closed = [];
        List<(ISymbol Symbol, FieldDefinition Field)> members = [];
        foreach ((ISymbol Symbol, FieldDefinition Field) entry in fields)
        {
            WireName? name = entry.Field.Names.FirstOrDefault(candidate => candidate.Range.Contains(generation));
            if (name is null)
            {
                continue;
            }

            if (name.Union != union)
            {
                CheckMembers(members, problems);
                members = [];
                if (union is not null)
                {
                    closed.Add(union);
                }

                union = name.Union;
                if (union is not null && closed.Contains(union) && union.Length > 0)
                {
                    problems.Add(ProblemKind.BadShape, entry.Symbol, type.Name, $"the arms of {union} are not neighbours");
                }
            }

            if (union is not null)
            {
                members.Add(entry);
            }
            else if (entry.Field.IsArm)
            {
                problems.Add(ProblemKind.UnionWithoutTag, entry.Symbol, entry.Field.Member, "an arm stands outside a union");
            }
        }

        CheckMembers(members, problems);
    }

    private static void CheckMembers(List<(ISymbol Symbol, FieldDefinition Field)> members, ProblemList problems)
    {
        HashSet<uint> seen = [];
        bool hasRest = false;
        foreach ((ISymbol symbol, FieldDefinition field) in members)
        {
            if (!field.IsArm && members.Count > 1)
            {
                problems.Add(ProblemKind.UnionWithoutTag, symbol, field.Member, "nothing says when this arm applies");
            }

            if (field.Tags.Any(tag => !seen.Add(tag)))
            {
                problems.Add(ProblemKind.UnionWithoutTag, symbol, field.Member, "another arm applies to the same value");
            }

            if (field.IsArm && field.Tags.Count == 0)
            {
                if (hasRest)
                {
                    problems.Add(ProblemKind.UnionWithoutTag, symbol, field.Member, "another arm applies to all other values");
                }

                hasRest = true;
            }
        }
    }
}
