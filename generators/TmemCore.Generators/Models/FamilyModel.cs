namespace TmemCore.Generators.Models;

/// <summary>A number that another family takes apart.</summary>
internal sealed record NestedModel(string Name, uint Number, Generations Range);

/// <summary>Where the number of an op is, in some generations and word sizes.</summary>
internal sealed record FamilyVariant(EquatableArray<AbiPoint> Points, int Size, int TagOffset);

/// <summary>Everything the generator needs to know of a family, apart from its ops.</summary>
internal sealed record FamilyModel(
    TypeShape Type,
    EquatableArray<NestedModel> Nested,
    EquatableArray<uint> Retired,
    EquatableArray<FamilyVariant> Variants)
{
    /// <summary>The family's name without the ending "Ops".</summary>
    public string ShortName => OpNames.WithoutSuffix(Type.Name, "Ops");
}
