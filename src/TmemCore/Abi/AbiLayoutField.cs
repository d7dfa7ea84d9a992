namespace TmemCore.Abi;

/// <summary>A field in the layout of a structure.</summary>
/// <param name="Name">The name it is listed under, such as <c>gen.index</c>.</param>
/// <param name="Designator">What C's <c>offsetof</c> takes, such as <c>u.gen.index</c>.</param>
/// <param name="OffsetBytes">Where it begins, from the start of the structure.</param>
/// <param name="SizeBytes">How long it is.</param>
public readonly record struct AbiLayoutField(string Name, string Designator, int OffsetBytes, int SizeBytes);
