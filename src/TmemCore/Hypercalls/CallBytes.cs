using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>
/// Between the bytes behind a hypercall's pointer and the structures of the ABI, whichever of its two ways in a call takes
/// and whatever the caller's generation and width. A control operation is a <see cref="TmemOp.ControlArm"/> here in every
/// form: the sysctls differ from it in their frame only.
/// </summary>
internal static class CallBytes
{
    /// <summary>The longest argument: the envelope of a sysctl.</summary>
    public const int LengthBytesMax = XenSysctl.MaxSize;

    private static readonly TmemAbi s_late64 = new(AbiGeneration.V1Hypercall);
    private static readonly TmemAbi s_late32 = new(AbiGeneration.V1Hypercall, AbiWordSize.Bits32);
    private static readonly TmemAbi s_early64 = new(AbiGeneration.V0Aug2009);
    private static readonly TmemAbi s_early32 = new(AbiGeneration.V0Aug2009, AbiWordSize.Bits32);

    /// <summary>Whether a hypervisor that is called by a 64-bit program finds an op of its size.</summary>
    public static bool IsComplete(HypercallNumber number, int lengthBytes) => number switch
    {
        HypercallNumber.TmemOp => lengthBytes == TmemOp.SizeOf(s_early64) || lengthBytes >= TmemOp.SizeOf(s_late64),
        HypercallNumber.Sysctl => lengthBytes >= XenSysctl.MaxSize,
        _ => false,
    };

    /// <summary>The hypercall that a form of control goes through.</summary>
    public static HypercallNumber NumberOf(ControlInterface form) =>
        form.Form == ControlForm.Hypercall ? HypercallNumber.TmemOp : HypercallNumber.Sysctl;

    /// <summary>How long the argument of a control operation is in a form.</summary>
    public static int ControlLengthOf(ControlInterface form) =>
        form.Form == ControlForm.Hypercall ? TmemOp.SizeOf(s_late64) : XenSysctl.MaxSize;

    /// <summary>Writes a control operation in the form asked for, and answers how long it is.</summary>
    public static int WriteControl(ControlInterface form, int poolId, in TmemOp.ControlArm control, Span<byte> destination)
    {
        var abi = new TmemAbi(form.Generation);
        if (form.Form == ControlForm.Hypercall)
        {
            return new TmemOp { Command = GuestOps.ControlCommand, PoolId = poolId, Control = control }.Write(abi, destination);
        }

        bool isLater = form.Form == ControlForm.SysctlWithLength;
        var op = new XenSysctlTmemOp
        {
            Command = control.Subop,
            PoolId = poolId,
            ClientId = control.ClientId,
            Argument1 = isLater ? 0 : control.Argument1,
            Argument2 = isLater ? 0 : control.Argument2,
            Length = isLater ? control.Argument1 : 0,
            Argument = isLater ? control.Argument2 : 0,
            Object = control.Object,
            Buffer = control.Buffer,
        };
        return new XenSysctl
        {
            Command = XenSysctl.TmemCommand,
            InterfaceVersion = form.InterfaceVersion,
            TmemOp = op,
        }.Write(abi, destination);
    }

    /// <summary>
    /// Reads a call of any generation and width: the four lengths of a <c>tmem_op</c> differ. A sysctl is read as the
    /// control command it stands for.
    /// </summary>
    /// <param name="number">The hypercall.</param>
    /// <param name="bytes">What its pointer points at.</param>
    /// <param name="op">The op.</param>
    /// <param name="generation">Whose meaning the op's numbers have.</param>
    /// <returns>False if the bytes are no op of tmem's.</returns>
    public static bool TryRead(
        HypercallNumber number, ReadOnlySpan<byte> bytes, out TmemOp op, out AbiGeneration generation)
    {
        op = default;
        generation = AbiGeneration.V1Hypercall;
        if (number == HypercallNumber.Sysctl)
        {
            return TryReadSysctl(bytes, out op, out generation);
        }

        if (number != HypercallNumber.TmemOp || AbiOf(bytes.Length) is not { } abi)
        {
            return false;
        }

        generation = abi.Generation;
        return TmemOp.TryRead(abi, bytes, out op);
    }

    private static TmemAbi? AbiOf(int lengthBytes) =>
        lengthBytes >= TmemOp.SizeOf(s_late64) ? s_late64
        : lengthBytes == TmemOp.SizeOf(s_late32) ? s_late32
        : lengthBytes == TmemOp.SizeOf(s_early64) ? s_early64
        : lengthBytes == TmemOp.SizeOf(s_early32) ? s_early32
        : null;

    private static bool TryReadSysctl(ReadOnlySpan<byte> bytes, out TmemOp op, out AbiGeneration generation)
    {
        // Both forms have the version at the same place, and it says which of them this is.
        op = default;
        generation = AbiGeneration.V1Sysctl46;
        if (!XenSysctl.TryRead(new TmemAbi(generation), bytes, out XenSysctl sysctl)
            || sysctl.Command != XenSysctl.TmemCommand)
        {
            return false;
        }

        generation = XenSysctl.GenerationOf(sysctl.InterfaceVersion);
        bool isRead = XenSysctl.TryRead(new TmemAbi(generation), bytes, out sysctl);
        bool isLater = generation == AbiGeneration.V1Sysctl48;
        XenSysctlTmemOp inner = sysctl.TmemOp;
        op = new TmemOp
        {
            Command = GuestOps.ControlCommand,
            PoolId = inner.PoolId,
            Control = new TmemOp.ControlArm
            {
                Subop = inner.Command,
                ClientId = inner.ClientId,
                Argument1 = isLater ? inner.Length : inner.Argument1,
                Argument2 = isLater ? inner.Argument : inner.Argument2,
                Object = inner.Object,
                Buffer = inner.Buffer,
            },
        };
        return isRead;
    }
}
