namespace TmemCore.Abi;

/// <summary>
/// On an <see cref="AbiFamilyAttribute">op family</see>: a number whose bytes are taken apart by another family. The handler
/// gets them whole, in a method <c>On</c> plus the name.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class AbiNestedAttribute : Attribute
{
    /// <summary>Names the number.</summary>
    /// <param name="name">The name, a C# identifier such as <c>Control</c>.</param>
    /// <param name="number">The value of the family's tag.</param>
    public AbiNestedAttribute(string name, uint number)
    {
        Name = name;
        Number = number;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The value of the family's tag.</summary>
    public uint Number { get; }

    /// <summary>The first generation that has it.</summary>
    public AbiGeneration Since { get; set; }

    /// <summary>The last generation that has it.</summary>
    public AbiGeneration Until { get; set; } = AbiGeneration.V1Sysctl48;
}
