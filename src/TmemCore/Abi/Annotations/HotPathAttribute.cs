namespace TmemCore.Abi;

/// <summary>
/// Marks a member, or all members of a type, as run so often that they must not allocate. Rules TMEM301 and on, which are off
/// unless switched on, report what allocates in them. Members of nested types are not meant.
/// </summary>
/// <example>
/// <code>
/// [HotPath]
/// public int Sum(ReadOnlySpan&lt;int&gt; values) { int sum = 0; foreach (int value in values) { sum += value; } return sum; }
/// </code>
/// </example>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface
    | AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Property)]
public sealed class HotPathAttribute : Attribute;
