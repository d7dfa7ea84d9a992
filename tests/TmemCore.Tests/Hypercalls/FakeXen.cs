using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

/// <summary>
/// A hypervisor behind the seam of the ioctl: it decodes what arrives there, follows the pointers it finds, and insists on
/// locked memory behind them. Any of its ioctls can be made to fail.
/// </summary>
internal sealed partial class FakeXen : IPrivcmd, IXenProcess, IDisposable
{
    public FakeXen(XenVersion version)
    {
        Version = version;
        InterfaceVersion = version.Minor >= 6 ? (uint)(0x0C + version.Minor - 6) : 0x0B;
        Memory = new FaultyLockedMemory();
        Buffers = new HypercallBufferPool(Memory, idleBytesMax: 0);
    }

    public XenVersion Version { get; }

    public uint InterfaceVersion { get; set; }

    public XenTmemState Tmem { get; set; } = XenTmemState.Present;

    public bool IsTranslated { get; init; }

    public bool IsControlDomain { get; init; } = true;

    public FaultyLockedMemory Memory { get; }

    /// <summary>The pool of the port opened last: a port closes its pool.</summary>
    public HypercallBufferPool Buffers { get; private set; }

    /// <summary>Which ioctl fails, from 1; 0 for none.</summary>
    public int FailAtIoctl { get; set; }

    /// <summary>What the failing ioctl answers.</summary>
    public long Answer { get; set; } = -Errno.EINVAL;

    public int IoctlCount { get; private set; }

    /// <summary>The interface versions of the sysctls that have arrived, in order.</summary>
    public List<uint> VersionsTried { get; } = [];

    public bool IsDisposed { get; private set; }

    public XenPort Open()
    {
        Buffers.Dispose();
        Buffers = new HypercallBufferPool(Memory, idleBytesMax: 0);
        return new XenPort(this, this, Buffers, "/dev/fake");
    }

    public long Ioctl(uint request, Span<byte> argument)
    {
        if (++IoctlCount == FailAtIoctl)
        {
            return Answer;
        }

        if (request == PrivcmdBytes.MapBatchRequest)
        {
            return MapBatch(argument);
        }

        Assert.Equal(PrivcmdBytes.HypercallRequest, request);
        Assert.Equal(PrivcmdBytes.HypercallBytes, argument.Length);
        (ulong number, ulong first, ulong second) = PrivcmdBytes.ReadHypercall(argument);
        return number switch
        {
            PrivcmdBytes.XenVersion => GetVersion(first, second),
            PrivcmdBytes.MemoryOp => MemoryOp(first, second),
            (ulong)HypercallNumber.TmemOp => TmemOp(first),
            (ulong)HypercallNumber.Sysctl => Sysctl(first),
            _ => -Errno.ENOSYS,
        };
    }

    /// <summary>Nothing is locked, mapped or reserved any more.</summary>
    public void AssertNothingIsHeld()
    {
        Assert.Equal(0, Buffers.RentedBytes);
        Assert.Equal(0, Memory.LockedCount);
        Assert.Equal(0, Memory.MappedBytes);
        Assert.Empty(_deviceMappings);
        Assert.Equal(0, ReservedCount);
    }

    public void Dispose()
    {
        IsDisposed = true;
        Buffers.Dispose();
    }

    private long GetVersion(ulong operation, ulong address)
    {
        if (operation == PrivcmdBytes.VersionNumber)
        {
            return (Version.Major << 16) | Version.Minor;
        }

        if (!TryGet(address, PrivcmdBytes.FeatureBytes, out Span<byte> features))
        {
            return -Errno.EFAULT;
        }

        features[4] = (byte)(IsTranslated ? 4 : 0);
        features[5] = (byte)(IsControlDomain ? 8 : 0);
        return 0;
    }

    /// <summary>Locked memory at an address; refused otherwise.</summary>
    private bool TryGet(ulong address, int lengthBytes, out Span<byte> bytes)
    {
        bool isLocked = Memory.IsLocked(address, lengthBytes);
        bytes = isLocked ? Native.AsSpan((nint)address, lengthBytes) : default;
        return isLocked;
    }
}
