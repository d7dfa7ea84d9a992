using System.Buffers.Binary;
using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>
/// Machine frames the hypervisor has given to this domain on top of its own. Keeps the locked memory for giving them back,
/// so that this cannot fail for want of any.
/// </summary>
internal sealed class FrameReservation : IDisposable
{
    private readonly XenPort _port;
    private readonly HypercallBuffer _list;
    private readonly HypercallBuffer _argument;
    private bool _disposed;

    private FrameReservation(XenPort port, HypercallBuffer list, HypercallBuffer argument)
    {
        _port = port;
        _list = list;
        _argument = argument;
    }

    public ulong[] Frames { get; private set; } = [];

    public static FrameReservation Increase(XenPort port, int pageCount)
    {
        HypercallBuffer list = port.Buffers.Rent(pageCount * sizeof(ulong));
        HypercallBuffer argument;
        try
        {
            argument = port.Buffers.Rent(PrivcmdBytes.ReservationBytes);
        }
        catch
        {
            list.Dispose();
            throw;
        }

        var reservation = new FrameReservation(port, list, argument);
        try
        {
            reservation.Increase(pageCount);
            return reservation;
        }
        catch
        {
            reservation.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (Frames.Length > 0)
        {
            // Both calls list the frames in the same place, and the hypervisor has left the list as it was.
            _ = Call(PrivcmdBytes.DecreaseReservation, Frames.Length);
        }

        _argument.Dispose();
        _list.Dispose();
    }

    private void Increase(int pageCount)
    {
        long count = Call(PrivcmdBytes.IncreaseReservation, pageCount);
        if (count < 0)
        {
            throw new HypercallException(
                count, string.Create(CultureInfo.InvariantCulture, $"The hypervisor refused to add {pageCount} machine frames"));
        }

        var frames = new ulong[Math.Min(count, pageCount)];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = BinaryPrimitives.ReadUInt64LittleEndian(_list.Slice(i * sizeof(ulong), sizeof(ulong)));
        }

        Frames = frames;
        if (frames.Length < pageCount)
        {
            throw new HypercallException(
                -Errno.ENOMEM,
                string.Create(CultureInfo.InvariantCulture, $"The hypervisor gave {frames.Length} machine frames instead of {pageCount}"),
                "The domain is at its maximum of memory: lower its present memory ('xl mem-set'), or use MachineFrames.Translate.");
        }
    }

    private long Call(ulong operation, int count)
    {
        PrivcmdBytes.WriteReservation(_argument.Span, _list.DangerousAddress, count);
        return _port.Hypercall(PrivcmdBytes.MemoryOp, operation, (ulong)_argument.DangerousAddress);
    }
}
