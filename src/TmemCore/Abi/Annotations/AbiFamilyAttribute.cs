namespace TmemCore.Abi;

/// <summary>
/// Marks a static partial class as a family of <see cref="AbiOpAttribute">ops</see>: those that arrive in the same
/// structure and are told apart by its tag. The generator writes into it the handler interface, the dispatcher and the
/// call stubs. Several attributes give the structure for several ranges of generations.
/// </summary>
/// <example>
/// <code>
/// [AbiFamily(typeof(TmemOp))]
/// public static partial class MyOps;
///
/// [AbiOp(typeof(MyOps), 200)]
/// public readonly partial struct PinPageOp
/// {
///     public int PoolId { get; init; }
///     public ObjectId Object { get; init; }
///     public uint Index { get; init; }
/// }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class AbiFamilyAttribute : Attribute
{
    /// <summary>The ops are told apart by the tag of a structure.</summary>
    /// <param name="home">A struct marked <see cref="AbiStructAttribute"/>, with a <see cref="AbiTagAttribute">tag</see>.</param>
    public AbiFamilyAttribute(Type home) => Home = home;

    /// <summary>The ops are told apart by the tag inside one arm of a structure.</summary>
    /// <param name="home">A struct marked <see cref="AbiStructAttribute"/>, with a <see cref="AbiTagAttribute">tag</see>.</param>
    /// <param name="arm">The member of <paramref name="home"/> that is the arm; its structure has a tag of its own.</param>
    public AbiFamilyAttribute(Type home, string arm)
    {
        Home = home;
        Arm = arm;
    }

    /// <summary>The structure the ops arrive in.</summary>
    public Type Home { get; }

    /// <summary>The arm whose tag tells the ops apart, or null.</summary>
    public string? Arm { get; }

    /// <summary>The first generation with this home.</summary>
    public AbiGeneration Since { get; set; }

    /// <summary>The last generation with this home.</summary>
    public AbiGeneration Until { get; set; } = AbiGeneration.V1Sysctl48;
}
