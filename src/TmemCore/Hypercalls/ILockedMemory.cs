using Microsoft.Win32.SafeHandles;

namespace TmemCore.Hypercalls;

/// <summary>
/// What a pool of hypercall buffers asks of the operating system. Each call answers 0 or a negated error number. A seam:
/// tests put a memory here that fails at the n-th call.
/// </summary>
internal interface ILockedMemory
{
    /// <summary>The most bytes this process may lock; <see cref="Native.Unlimited"/> if there is no limit.</summary>
    ulong LimitBytes { get; }

    int Map(int lengthBytes, out nint address);

    int Exclude(nint address, int lengthBytes);

    int Lock(nint address, int lengthBytes);

    int Unlock(nint address, int lengthBytes);

    int Unmap(nint address, int lengthBytes);
}

/// <summary>Anonymous memory, or the pages of <c>/dev/xen/hypercall</c>, which the kernel promises never to move.</summary>
/// <param name="device">The device, or null for anonymous memory. Belongs to the caller.</param>
internal sealed class LinuxLockedMemory(SafeFileHandle? device = null) : ILockedMemory
{
    public ulong LimitBytes => Native.MemoryLockLimitBytes();

    public int Map(int lengthBytes, out nint address)
    {
        // Some kernels let the device give out a few pages only: locked anonymous memory serves nearly as well.
        return device is not null && Native.MapFile(device, lengthBytes, isWritable: true, out address) == 0
            ? 0
            : Native.MapAnonymousPages(lengthBytes, out address);
    }

    public int Exclude(nint address, int lengthBytes) => Native.ExcludeFromForkAndDump(address, lengthBytes);

    public int Lock(nint address, int lengthBytes) => Native.Lock(address, lengthBytes);

    public int Unlock(nint address, int lengthBytes) => Native.Unlock(address, lengthBytes);

    public int Unmap(nint address, int lengthBytes) => Native.Unmap(address, lengthBytes);
}
