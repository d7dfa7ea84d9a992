namespace TmemCore.Abi;

/// <summary>
/// States the size an <see cref="AbiStructAttribute">ABI structure</see> must come to. It computes nothing: rule TMEM003
/// compares it with the layout, so that a slip in a field is an error where it was made.
/// </summary>
/// <example><code>[AbiStruct("my_record"), AbiSize(16, 12)]</code></example>
[AttributeUsage(AttributeTargets.Struct, AllowMultiple = true)]
public sealed class AbiSizeAttribute : Attribute
{
    /// <summary>States the sizes.</summary>
    /// <param name="sizeBytes64">Bytes for 64-bit callers.</param>
    /// <param name="sizeBytes32">Bytes for 32-bit callers.</param>
    public AbiSizeAttribute(int sizeBytes64, int sizeBytes32)
    {
        SizeBytes64 = sizeBytes64;
        SizeBytes32 = sizeBytes32;
    }

    /// <summary>Bytes for 64-bit callers.</summary>
    public int SizeBytes64 { get; }

    /// <summary>Bytes for 32-bit callers.</summary>
    public int SizeBytes32 { get; }

    /// <summary>The first generation this holds for.</summary>
    public AbiGeneration Since { get; set; }

    /// <summary>The last generation this holds for.</summary>
    public AbiGeneration Until { get; set; } = AbiGeneration.V1Sysctl48;
}
