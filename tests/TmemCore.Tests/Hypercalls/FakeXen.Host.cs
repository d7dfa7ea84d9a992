using TmemCore.Abi;
using TmemCore.Dispatch;
using TmemCore.Hypercalls;

namespace TmemCore.Tests.Hypercalls;

/// <summary>
/// The other hypervisor behind the seam: a whole host, which this domain is one of several to call. What a hypervisor does
/// by page tables is done here by registering, for each call, the one frame or the one buffer that the op names.
/// </summary>
internal sealed partial class FakeXen
{
    private readonly GuestMemory _guest = new();
    private readonly byte[] _page = new byte[Native.PageBytes];

    /// <summary>What answers tmem's hypercalls; null for the small hypervisor of this class.</summary>
    public InProcessPort? HostPort { get; private set; }

    /// <summary>Has a host answer, as the release of this hypervisor would, to a domain.</summary>
    public void ServeFrom(TmemDispatcher dispatcher, int domain) => HostPort = new InProcessPort(dispatcher, domain, _guest, new InProcessPortOptions
    {
        Generation = Version.Minor < 6 ? AbiGeneration.V1Hypercall : XenSysctl.GenerationOf(InterfaceVersion),
        InterfaceVersion = Version.Minor < 6 ? 0 : InterfaceVersion,
        IsPrivileged = IsControlDomain,
    });

    private long CallHost(HypercallNumber number, ReadOnlySpan<byte> bytes)
    {
        _ = CallBytes.TryRead(number, bytes, out TmemOp op, out _);
        if (op.Command == GuestOps.ControlCommand)
        {
            using GuestRegistration? buffer = Memory.TryFindLocked(op.Control.Buffer, out nint start, out int lengthBytes)
                ? _guest.Lend(start, lengthBytes)
                : null;
            return HostPort!.Call(number, bytes);
        }

        if (op.Command is not (PutPageOp.Number or GetPageOp.Number)
            || !_pageOfFrame.TryGetValue(op.Generic.Frame, out nint address))
        {
            return HostPort!.Call(number, bytes);
        }

        Span<byte> frame = Native.AsSpan(address, Native.PageBytes);
        frame.CopyTo(_page);
        using GuestRegistration page = _guest.Register(op.Generic.Frame, _page, GuestAccess.ReadWrite);
        long answer = HostPort!.Call(number, bytes);
        _page.CopyTo(frame);
        return answer;
    }
}
