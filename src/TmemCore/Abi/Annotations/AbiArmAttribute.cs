namespace TmemCore.Abi;

/// <summary>
/// Marks a member as the arm of a union and says for which values of the <see cref="AbiTagAttribute">tag</see> it applies.
/// The other arms read as their default and are not written. An arm without values applies where no other does.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class AbiArmAttribute : Attribute
{
    /// <summary>Marks an arm.</summary>
    /// <param name="tags">The values of the tag; none for the arm of all other values.</param>
    public AbiArmAttribute(params uint[] tags) => Tags = tags;

    /// <summary>The values of the tag for which the arm applies.</summary>
    public IReadOnlyList<uint> Tags { get; }
}
