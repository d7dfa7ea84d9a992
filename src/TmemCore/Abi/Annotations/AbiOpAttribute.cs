namespace TmemCore.Abi;

/// <summary>
/// Marks a partial struct as one op of a <see cref="AbiFamilyAttribute">family</see>. Its members are the fields the op uses;
/// each takes its bytes from the member of the same name in the arm the number selects, or else in the family's
/// structure. The struct is the same for every generation and word size.
/// </summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class AbiOpAttribute : Attribute
{
    /// <summary>Marks an op.</summary>
    /// <param name="family">The class marked <see cref="AbiFamilyAttribute"/>.</param>
    /// <param name="number">The value of the family's tag that means this op.</param>
    public AbiOpAttribute(Type family, uint number)
    {
        Family = family;
        Number = number;
    }

    /// <summary>The family.</summary>
    public Type Family { get; }

    /// <summary>The value of the family's tag.</summary>
    public uint Number { get; }

    /// <summary>The first generation that has the op.</summary>
    public AbiGeneration Since { get; set; }

    /// <summary>The last generation that has the op.</summary>
    public AbiGeneration Until { get; set; } = AbiGeneration.V1Sysctl48;
}
