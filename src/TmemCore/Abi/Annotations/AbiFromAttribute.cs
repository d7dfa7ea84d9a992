namespace TmemCore.Abi;

/// <summary>
/// Says from which member of the family's structure a member of an <see cref="AbiOpAttribute">op</see> takes its bytes, where the
/// names differ. Outside the given generations the member reads as zero, and only zero can be written.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, AllowMultiple = true)]
public sealed class AbiFromAttribute : Attribute
{
    /// <summary>Names the member.</summary>
    /// <param name="member">A C# member of the arm or of the structure, best written with <c>nameof</c>.</param>
    public AbiFromAttribute(string member) => Member = member;

    /// <summary>The member of the arm or of the structure.</summary>
    public string Member { get; }

    /// <summary>The first generation this holds for.</summary>
    public AbiGeneration Since { get; set; }

    /// <summary>The last generation this holds for.</summary>
    public AbiGeneration Until { get; set; } = AbiGeneration.V1Sysctl48;
}
