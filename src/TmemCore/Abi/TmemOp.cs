namespace TmemCore.Abi;

/// <summary>
/// The argument of the tmem hypercall, as it stands in the caller's memory: a command, a pool and a union of three arms.
/// Reading it gives the arm the command selects; the other two are left at their default.
/// </summary>
/// <remarks>
/// Who acts on one command uses the op of <see cref="GuestOps"/> for it, such as <see cref="PutPageOp"/>, which is the same in
/// every generation. This structure is for those who look at any op: traces, printers, checks.
/// </remarks>
[AbiStruct("tmem_op")]
[AbiSize(40, 36, Until = AbiGeneration.V0Aug2009)]
[AbiSize(56, 52, Since = AbiGeneration.V1Hypercall)]
public readonly partial struct TmemOp
{
    /// <summary>The command number.</summary>
    [AbiField("cmd"), AbiTag]
    public uint Command { get; init; }

    /// <summary>The pool's slot, 0 to 15 in the original; any value may arrive.</summary>
    [AbiField("pool_id")]
    public int PoolId { get; init; }

    /// <summary>The arm of the commands that make a pool or authorise a client (1, 101, 102).</summary>
    [AbiField(".new", Until = AbiGeneration.V0May2009)]
    [AbiField("u.new", Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V0Aug2009)]
    [AbiField("u.creat", Since = AbiGeneration.V1Hypercall)]
    [AbiArm(1, 101, 102)]
    public CreateArm Create { get; init; }

    /// <summary>The arm of the control command (0), as long as control is a hypercall.</summary>
    [AbiField(".ctrl", Until = AbiGeneration.V0May2009)]
    [AbiField("u.ctrl", Since = AbiGeneration.V0Aug2009, Until = AbiGeneration.V1Hypercall)]
    [AbiArm(0)]
    public ControlArm Control { get; init; }

    /// <summary>The arm of every other command, unknown ones included.</summary>
    [AbiField(".gen", Until = AbiGeneration.V0May2009)]
    [AbiField("u.gen", Since = AbiGeneration.V0Aug2009)]
    [AbiArm]
    public GenericArm Generic { get; init; }
}
