using TmemCore.Abi;

namespace TmemCore.Hypercalls;

/// <summary>
/// The raw call, whose buffer is used where it is: that of a lease, or at an address for which the caller answers.
/// </summary>
public sealed partial class HypercallControl
{
    /// <summary>As the call of seven arguments, with a buffer that is locked already: nothing is copied.</summary>
    /// <param name="poolId">The pool, or -1 where the operation has none.</param>
    /// <param name="subOp">The operation; its number means what the form in use makes it mean.</param>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <param name="arg1">The first argument; the length of the buffer where the operation takes one.</param>
    /// <param name="arg2">The second argument.</param>
    /// <param name="objectId">The object, for the operations on one page.</param>
    /// <param name="buffer">The lease; cleared first where the operation writes only.</param>
    /// <returns>
    /// The operation's result; a negated error number if it is refused. <c>-EFAULT</c> if the op could not be locked,
    /// <c>-EINVAL</c> also if the length in <paramref name="arg1"/> is more than the lease has.
    /// </returns>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public long Control(
        int poolId, ControlSubOp subOp, uint clientId, uint arg1, uint arg2, ObjectId objectId, HypercallBuffer buffer)
    {
        LockedBlock block = buffer.Hold();
        try
        {
            return DangerousControl(poolId, subOp, clientId, arg1, arg2, objectId, block.Address, buffer.LengthBytes);
        }
        finally
        {
            block.Release();
        }
    }

    /// <summary>As the call of seven arguments, with a buffer at an address: nothing is copied, and nothing is locked but the op.</summary>
    /// <param name="poolId">The pool, or -1 where the operation has none.</param>
    /// <param name="subOp">The operation; its number means what the form in use makes it mean.</param>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <param name="arg1">The first argument; the length of the buffer where the operation takes one.</param>
    /// <param name="arg2">The second argument.</param>
    /// <param name="objectId">The object, for the operations on one page.</param>
    /// <param name="buffer">
    /// The address; zero for none. Must be pinned until the call has returned, and for a hypervisor locked, too. Cleared
    /// first where the operation writes only.
    /// </param>
    /// <param name="lengthBytes">How many bytes there are.</param>
    /// <returns>
    /// The operation's result; a negated error number if it is refused. <c>-EFAULT</c> if the op could not be locked,
    /// <c>-EINVAL</c> also if the length in <paramref name="arg1"/> is more than <paramref name="lengthBytes"/>.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or not zero where the address is.</exception>
    public long DangerousControl(
        int poolId,
        ControlSubOp subOp,
        uint clientId,
        uint arg1,
        uint arg2,
        ObjectId objectId,
        [PinnedBuffer] nint buffer,
        int lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBytes, buffer == 0 ? 0 : int.MaxValue);
        if (!IsLengthRight(subOp, arg1, lengthBytes))
        {
            return -Errno.EINVAL;
        }

        if (_buffers.TryRent(CallBytes.ControlLengthOf(Interface), out HypercallBuffer op) != 0)
        {
            return -Errno.EFAULT;
        }

        using (op)
        {
            TmemOp.ControlArm control = Arm(subOp, clientId, arg1, arg2, objectId);
            lengthBytes = IsLengthFirst(subOp) ? (int)arg1 : lengthBytes;
            if (lengthBytes == 0)
            {
                return Call(op, poolId, control);
            }

            using GuestRegistration? lent = _memory?.Lend(buffer, lengthBytes);
            if (!IsRead(subOp))
            {
                Native.AsSpan(buffer, lengthBytes).Clear();
            }

            return Call(op, poolId, control with { Buffer = (ulong)buffer });
        }
    }

    /// <summary>The statistics as text, into a lease.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <param name="isLong">Whether to ask for all the counters.</param>
    /// <param name="text">The lease: cleared, then whole lines as far as there is room, then zeros.</param>
    /// <returns>0, or a negated error number.</returns>
    /// <exception cref="ObjectDisposedException">The lease is disposed.</exception>
    public long List(uint clientId, bool isLong, HypercallBuffer text) => Control(
        NoPool, ControlSubOp.List, clientId, (uint)text.LengthBytes, isLong ? 1u : 0, default, text);

    /// <summary>The statistics as text, to an address.</summary>
    /// <param name="clientId">The client, or <see cref="AllClients"/>.</param>
    /// <param name="isLong">Whether to ask for all the counters.</param>
    /// <param name="text">
    /// The address. Must be pinned until the call has returned, and for a hypervisor locked, too. Cleared, then whole lines as
    /// far as there is room, then zeros.
    /// </param>
    /// <param name="lengthBytes">How many bytes there are.</param>
    /// <returns>0, or a negated error number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative, or not zero where the address is.</exception>
    public long DangerousList(uint clientId, bool isLong, [PinnedBuffer(IsWritten = true)] nint text, int lengthBytes) => DangerousControl(
        NoPool, ControlSubOp.List, clientId, (uint)Math.Max(lengthBytes, 0), isLong ? 1u : 0, default, text, lengthBytes);
}
