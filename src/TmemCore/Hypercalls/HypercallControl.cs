using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>
/// Control operations over a port: what the hypervisor's own control library offered, in all three forms. It freezes,
/// thaws, flushes, lists, sets and authorizes clients.
/// </summary>
/// <remarks>
/// <para>The rules of the original hold: the op is locked first and a failure to do so answers <c>-EFAULT</c>; a buffer is
/// locked next and a failure answers <c>-ENOMEM</c>; a length of zero locks nothing; the hypervisor writes into a cleared
/// copy, never into the caller's own memory; whatever was locked is given back on every path.</para>
/// <para>Better than the original: buffers travel into the hypervisor as well where the operation reads them
/// (SET_CLIENT_INFO, SET_POOLS, SET_AUTH, RESTORE_PUT_PAGE), and out of it for every operation that writes one.</para>
/// <para>Thread-safe if the port is.</para>
/// </remarks>
/// <example>
/// <code>
/// using XenPort port = XenPort.Open();
/// var control = new HypercallControl(port, ControlInterface.Detect(port, port.Version), port.Buffers);
/// control.Freeze(clientId: 3);
/// Console.Write(control.List(HypercallControl.AllClients, isLong: true));
/// </code>
/// </example>
public sealed partial class HypercallControl
{
    /// <summary>The client id that means all clients there are now.</summary>
    public const uint AllClients = 0xFFFF;

    /// <summary>What the pool field holds where an operation has no pool.</summary>
    internal const int NoPool = -1;

    private readonly IHypercallPort _port;
    private readonly HypercallBufferPool _buffers;
    private readonly GuestMemory? _memory;

    /// <summary>Speaks to a port in one form.</summary>
    /// <param name="port">The port. It stays the caller's.</param>
    /// <param name="controlInterface">The form it understands; see <see cref="ControlInterface.Detect"/>.</param>
    /// <param name="buffers">Where ops and buffers are rented: <see cref="XenPort.Buffers"/> for a hypervisor.</param>
    /// <param name="memory">
    /// Where a port looks up buffers by address: the guest memory of a port inside the process, or of a recording port.
    /// Null for a hypervisor, which has page tables for that.
    /// </param>
    public HypercallControl(
        IHypercallPort port, ControlInterface controlInterface, HypercallBufferPool buffers, GuestMemory? memory = null)
    {
        ArgumentNullException.ThrowIfNull(port);
        ArgumentNullException.ThrowIfNull(buffers);
        _port = port;
        _buffers = buffers;
        _memory = memory;
        Interface = controlInterface;
    }

    /// <summary>The form control takes.</summary>
    public ControlInterface Interface { get; }

    /// <summary>The control library's call of seven arguments.</summary>
    /// <param name="poolId">The pool, or -1 where the operation has none.</param>
    /// <param name="subOp">The operation; its number means what the form in use makes it mean.</param>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <param name="arg1">The first argument; the length of the buffer where the operation takes one.</param>
    /// <param name="arg2">The second argument.</param>
    /// <param name="arg3">The object id, of which this call knows the first word only.</param>
    /// <param name="buffer">What the operation reads or writes; empty if nothing.</param>
    /// <returns>The operation's result; a negated error number if it is refused.</returns>
    public long Control(
        int poolId, ControlSubOp subOp, uint clientId, uint arg1, uint arg2, ulong arg3, Span<byte> buffer) =>
        Control(poolId, subOp, clientId, arg1, arg2, new ObjectId(arg3), buffer);

    /// <summary>As the call of seven arguments, with a whole object id.</summary>
    /// <param name="poolId">The pool, or -1 where the operation has none.</param>
    /// <param name="subOp">The operation; its number means what the form in use makes it mean.</param>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <param name="arg1">The first argument; the length of the buffer where the operation takes one.</param>
    /// <param name="arg2">The second argument.</param>
    /// <param name="objectId">The object, for the operations on one page.</param>
    /// <param name="buffer">What the operation reads or writes; empty if nothing.</param>
    /// <returns>
    /// The operation's result; a negated error number if it is refused. <c>-EINVAL</c> also if the length in
    /// <paramref name="arg1"/> is more than <paramref name="buffer"/> has.
    /// </returns>
    public long Control(
        int poolId, ControlSubOp subOp, uint clientId, uint arg1, uint arg2, ObjectId objectId, Span<byte> buffer)
    {
        if (!IsLengthRight(subOp, arg1, buffer.Length))
        {
            return -Errno.EINVAL;
        }

        buffer = IsLengthFirst(subOp) ? buffer[..(int)arg1] : buffer;
        if (_buffers.TryRent(CallBytes.ControlLengthOf(Interface), out HypercallBuffer op) != 0)
        {
            return -Errno.EFAULT;
        }

        using (op)
        {
            TmemOp.ControlArm control = Arm(subOp, clientId, arg1, arg2, objectId);
            return buffer.IsEmpty ? Call(op, poolId, control) : CallWithCopy(op, poolId, control, buffer);
        }
    }

    /// <summary>Why a call was refused, for people.</summary>
    /// <param name="result">What it answered.</param>
    /// <returns>A sentence or two; empty if the number says it all.</returns>
    public static string Explain(long result) => -result switch
    {
        Errno.EPERM =>
            "Either there is no such client or pool, or this domain may not control tmem: run as root in the control domain.",
        Errno.EACCES =>
            "The hypervisor speaks another version of the sysctl interface than this program: 0x0C (Xen 4.6) to 0x12 "
            + "(Xen 4.12) are known here, the releases that had tmem. Use a program built for that hypervisor.",
        Errno.ENOSYS => "This hypervisor has no tmem: it is Xen 4.13 or later, or was built without.",
        Errno.ENODEV => "tmem is built into this hypervisor and off: boot it with the option 'tmem=1'.",
        Errno.EFAULT => "The memory of the op could not be locked, or the hypervisor could not read it; see the limit RLIMIT_MEMLOCK ('ulimit -l').",
        Errno.ENOMEM => "The buffer could not be locked ('ulimit -l' shows the limit), or the hypervisor is out of memory.",
        Errno.EOPNOTSUPP => "The hypervisor knows the operation, but not by this way in.",
        _ => "",
    };

    private static TmemOp.ControlArm Arm(ControlSubOp subOp, uint clientId, uint arg1, uint arg2, ObjectId objectId) => new()
    {
        Subop = (uint)subOp,
        ClientId = clientId,
        Argument1 = arg1,
        Argument2 = arg2,
        Object = objectId,
    };

    private long Call(HypercallBuffer op, int poolId, in TmemOp.ControlArm control)
    {
        CallBytes.WriteControl(Interface, poolId, control, op.Span);
        return _port.Call(CallBytes.NumberOf(Interface), op);
    }

    private long CallWithCopy(HypercallBuffer op, int poolId, in TmemOp.ControlArm control, Span<byte> buffer)
    {
        // Whole pages: guest memory is registered by the frame.
        int frames = (buffer.Length + GuestMemory.FrameBytes - 1) / GuestMemory.FrameBytes;
        if (_buffers.TryRent(frames * GuestMemory.FrameBytes, out HypercallBuffer locked) != 0)
        {
            return -Errno.ENOMEM;
        }

        using (locked)
        using (_memory?.Register(locked, GuestAccess.ReadWrite))
        {
            var subOp = (ControlSubOp)control.Subop;
            if (IsRead(subOp))
            {
                buffer.CopyTo(locked.Span);
            }

            long result = Call(op, poolId, control with { Buffer = (ulong)locked.DangerousAddress });
            if (IsWritten(subOp))
            {
                locked.Slice(0, buffer.Length).CopyTo(buffer);
            }

            return result;
        }
    }

    private bool IsLater => Interface.Form == ControlForm.SysctlWithLength;

    /// <summary>Whether a buffer has the length that the operation says it has, where it says so.</summary>
    private bool IsLengthRight(ControlSubOp subOp, uint arg1, int lengthBytes) =>
        !IsLengthFirst(subOp) || arg1 <= (uint)lengthBytes;

    private bool IsLengthFirst(ControlSubOp subOp) => subOp switch
    {
        ControlSubOp.List or ControlSubOp.SaveGetNextPage or ControlSubOp.SaveGetNextInvalidated
            or ControlSubOp.RestorePutPage => true,
        ControlSubOp.GetPools or ControlSubOp.SetPools or ControlSubOp.SetAuthorization => IsLater,
        _ => false,
    };

    private bool IsRead(ControlSubOp subOp) => subOp switch
    {
        ControlSubOp.RestorePutPage => true,
        ControlSubOp.SetClientInfo or ControlSubOp.SetPools or ControlSubOp.SetAuthorization => IsLater,
        _ => false,
    };

    private bool IsWritten(ControlSubOp subOp) => subOp == ControlSubOp.SetPools || !IsRead(subOp);
}
