using System.Collections;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace TmemCore.Generators.Tests.Incremental;

/// <summary>Walks everything a value refers to and refuses what would keep a compilation alive.</summary>
internal static class ValueGraph
{
    public static void AssertValuesOnly(object root)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Visit(root, root.GetType().Name, seen);
    }

    private static void Visit(object? value, string path, HashSet<object> seen)
    {
        if (value is null || !seen.Add(value))
        {
            return;
        }

        Assert.False(
            value is ISymbol or SyntaxNode or SyntaxTree or Compilation or SemanticModel or Location or AttributeData,
            $"{path} holds a {value.GetType()}.");
        Type type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || value is string || value is Type || value is Delegate)
        {
            return;
        }

        if (value is IEnumerable items)
        {
            foreach (object? item in items)
            {
                Visit(item, path + "[]", seen);
            }
        }

        for (Type? current = type; current is not null && current != typeof(object); current = current.BaseType)
        {
            foreach (FieldInfo field in current.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                Visit(field.GetValue(value), $"{path}.{field.Name}", seen);
            }
        }
    }
}
