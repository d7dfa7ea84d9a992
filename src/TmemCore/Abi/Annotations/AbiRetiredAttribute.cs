namespace TmemCore.Abi;

/// <summary>On an <see cref="AbiFamilyAttribute">op family</see>: numbers that must never be given to an op again (rule TMEM007).</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AbiRetiredAttribute : Attribute
{
    /// <summary>Retires numbers.</summary>
    /// <param name="numbers">Values of the family's tag.</param>
    public AbiRetiredAttribute(params uint[] numbers) => Numbers = numbers;

    /// <summary>The retired values of the family's tag.</summary>
    public IReadOnlyList<uint> Numbers { get; }
}
