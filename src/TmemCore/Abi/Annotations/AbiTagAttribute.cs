namespace TmemCore.Abi;

/// <summary>
/// Marks the field that says what the structure holds: which arm of the union applies, and which op it is. It is a
/// <see cref="uint"/>, and there is at most one in a structure.
/// </summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class AbiTagAttribute : Attribute
{
}
