namespace TmemCore.Hypercalls;

/// <summary>
/// The port to a real Xen hypervisor, from a Linux control domain. Hypercall 38 goes to tmem as a guest's call of the
/// control domain itself, hypercall 35 is the sysctl.
/// </summary>
/// <remarks>
/// The hypervisor reads an op by its address, and answers <c>-EFAULT</c> if the page is not there just then. So every
/// argument is passed in locked memory: a <see cref="HypercallBuffer"/> as it is, as is memory the caller vouches for by
/// <see cref="HypercallArgument.Dangerous"/>, and anything else as a copy. If no memory can be locked for the copy, the call
/// answers <c>-EFAULT</c> and is not made, as the original control library has it.
/// Thread-safe. A call allocates nothing.
/// </remarks>
/// <example>
/// <code>
/// using XenPort port = XenPort.Open();
/// Console.WriteLine($"Xen {port.Version}, tmem: {port.ProbeTmem()}");
/// </code>
/// </example>
public sealed class XenPort : IHypercallPort, IDisposable
{
    private readonly IPrivcmd _device;
    private bool _disposed;

    internal XenPort(
        IPrivcmd device, IXenProcess process, HypercallBufferPool buffers, string devicePath, string? bufferDevicePath = null)
    {
        BufferDevicePath = bufferDevicePath;
        _device = device;
        Process = process;
        Buffers = buffers;
        DevicePath = devicePath;
        long version = Hypercall(PrivcmdBytes.XenVersion, PrivcmdBytes.VersionNumber, 0);
        if (version <= 0)
        {
            throw new XenUnavailableException(
                XenUnavailableReason.NoHypervisor,
                $"{devicePath} is open, and the hypercall that asks for the version answers {Errno.Describe(version)}: "
                + $"there is no Xen behind it, or it does not listen to this domain.");
        }

        Version = new XenVersion((int)(version >> 16), (int)(version & 0xffff));
    }

    /// <summary>The hypervisor's version.</summary>
    public XenVersion Version { get; }

    /// <summary>The device the hypercalls go through.</summary>
    public string DevicePath { get; }

    /// <summary>The device that provides memory for arguments; null if the kernel has none, so that it is locked memory.</summary>
    public string? BufferDevicePath { get; }

    /// <summary>Locked memory that this hypervisor can read. Leases of other pools serve too, unless the kernel moves their pages.</summary>
    public HypercallBufferPool Buffers { get; }

    internal IXenProcess Process { get; }

    /// <summary>Opens the control device. Its kernel module must be loaded, and the caller be root in the control domain.</summary>
    /// <returns>The port, to be disposed.</returns>
    /// <exception cref="XenUnavailableException">The device is missing, refused, or has no Xen behind it.</exception>
    public static XenPort Open()
    {
        PrivcmdDevice device = PrivcmdDevice.Open();
        var buffers = new HypercallBufferPool(new LinuxLockedMemory(device.Buffers), idleBytesMax: 1 << 20);
        try
        {
            return new XenPort(
                device, device, buffers, device.Path, device.Buffers is null ? null : PrivcmdDevice.BuffersPath);
        }
        catch
        {
            buffers.Dispose();
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public long Call(HypercallNumber number, HypercallArgument argument)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (number is not (HypercallNumber.TmemOp or HypercallNumber.Sysctl))
        {
            return -Errno.ENOSYS;
        }

        if (!CallBytes.IsComplete(number, argument.Bytes.Length))
        {
            return -Errno.EFAULT;
        }

        if (argument.TryGetLease(out HypercallBuffer lease))
        {
            return CallWith(number, lease);
        }

        return argument.TryGetAddress(out nint address)
            ? Hypercall((ulong)number, (ulong)address, 0)
            : CallWithCopy(number, argument.Bytes);
    }

    /// <summary>Asks what became of tmem in this hypervisor, without leaving a trace there but one counted error.</summary>
    /// <returns>What the answer to an op at address zero means.</returns>
    public XenTmemState ProbeTmem()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);

        // The hypervisor looks at what it is and who calls before it looks at the op, and makes a client only after that.
        return -Hypercall((ulong)HypercallNumber.TmemOp, 0, 0) switch
        {
            Errno.EFAULT => XenTmemState.Present,
            Errno.ENOSYS => XenTmemState.Absent,
            Errno.ENODEV => XenTmemState.SwitchedOff,
            Errno.EPERM or Errno.EACCES => XenTmemState.Refused,
            _ => XenTmemState.Unknown,
        };
    }

    /// <summary>Asks what kind of domain the caller runs in.</summary>
    /// <returns>The kind.</returns>
    /// <exception cref="HypercallException">The hypervisor does not say.</exception>
    /// <exception cref="HypercallBufferException">No memory could be locked for the question.</exception>
    public XenDomain GetDomain()
    {
        using HypercallBuffer features = Buffers.Rent(PrivcmdBytes.FeatureBytes);
        long result = Hypercall(PrivcmdBytes.XenVersion, PrivcmdBytes.VersionFeatures, (ulong)features.DangerousAddress);
        if (result < 0)
        {
            throw new HypercallException(result, "The hypervisor does not tell its features");
        }

        (bool isTranslated, bool isControlDomain) = PrivcmdBytes.ReadFeatures(features.Span);
        return new XenDomain(isControlDomain, isTranslated);
    }

    /// <summary>Closes the device. Leases that are still out stay good for their owners.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Buffers.Dispose();
        (_device as IDisposable)?.Dispose();
    }

    /// <summary>Any hypercall of up to two arguments. Pointers must lead into locked memory.</summary>
    internal long Hypercall(ulong number, ulong first, ulong second)
    {
        Span<byte> argument = stackalloc byte[PrivcmdBytes.HypercallBytes];
        PrivcmdBytes.WriteHypercall(argument, number, first, second);
        return _device.Ioctl(PrivcmdBytes.HypercallRequest, argument);
    }

    /// <summary>Puts frames of a domain behind address space of the device. The lists must lie in locked memory.</summary>
    internal long MapFrames(ushort domain, nint address, nint frames, nint errors, int count)
    {
        Span<byte> argument = stackalloc byte[PrivcmdBytes.MapBatchBytes];
        PrivcmdBytes.WriteMapBatch(argument, count, domain, address, frames, errors);
        return _device.Ioctl(PrivcmdBytes.MapBatchRequest, argument);
    }

    private long CallWith(HypercallNumber number, HypercallBuffer lease)
    {
        LockedBlock block = lease.Hold();
        try
        {
            return Hypercall((ulong)number, (ulong)block.Address, 0);
        }
        finally
        {
            block.Release();
        }
    }

    private long CallWithCopy(HypercallNumber number, ReadOnlySpan<byte> bytes)
    {
        int lengthBytes = Math.Min(bytes.Length, CallBytes.LengthBytesMax);
        if (Buffers.TryRent(lengthBytes, out HypercallBuffer copy) != 0)
        {
            return -Errno.EFAULT;
        }

        using (copy)
        {
            bytes[..lengthBytes].CopyTo(copy.Span);
            return Hypercall((ulong)number, (ulong)copy.DangerousAddress, 0);
        }
    }
}
