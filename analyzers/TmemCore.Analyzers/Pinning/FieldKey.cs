using Microsoft.CodeAnalysis;

namespace TmemCore.Analyzers.Pinning;

/// <summary>A field as a place that values are kept in.</summary>
/// <param name="Root">What it is a field of: a variable, another field, <see cref="This"/> or <see cref="Static"/>.</param>
/// <param name="Field">The field.</param>
internal sealed record FieldKey(object Root, IFieldSymbol Field)
{
    public static readonly object This = "this";
    public static readonly object Static = "static";

    public bool IsWithin(object root) => Equals(Root, root) || (Root is FieldKey outer && outer.IsWithin(root));

    /// <summary>Whether the field outlives the method: it is static, or of an object.</summary>
    public bool IsOnHeap => Equals(Root, Static)
        || Field.ContainingType.IsReferenceType
        || (Root is FieldKey outer && outer.IsOnHeap);

    public FieldKey WithRoot(object from, object to) =>
        Equals(Root, from) ? this with { Root = to } : this with { Root = ((FieldKey)Root).WithRoot(from, to) };
}
