using Microsoft.Win32.SafeHandles;

namespace TmemCore.Hypercalls;

/// <summary>The control device of Linux, open.</summary>
internal sealed class PrivcmdDevice : IPrivcmd, IXenProcess, IDisposable
{
    private readonly SafeFileHandle _file;

    private PrivcmdDevice(string path, SafeFileHandle file, SafeFileHandle? buffers)
    {
        Path = path;
        _file = file;
        Buffers = buffers;
    }

    /// <summary>Where the device may be, newer place first.</summary>
    public static IReadOnlyList<string> Paths { get; } = ["/dev/xen/privcmd", "/proc/xen/privcmd"];

    /// <summary>The device of newer kernels whose pages are made for hypercall arguments.</summary>
    public static string BuffersPath => "/dev/xen/hypercall";

    public string Path { get; }

    public SafeFileHandle? Buffers { get; }

    /// <summary>Opens the device and, where there is one, the device for buffers.</summary>
    /// <exception cref="XenUnavailableException">It is not there, or not for this user.</exception>
    public static PrivcmdDevice Open()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new XenUnavailableException(XenUnavailableReason.NoDevice, "Hypercalls from user space need Linux.");
        }

        (string Path, int Error) failed = (Paths[0], -Errno.ENOENT);
        foreach (string path in Paths)
        {
            int answer = Native.OpenDevice(path, out SafeFileHandle? file);
            if (answer == 0)
            {
                _ = Native.OpenDevice(BuffersPath, out SafeFileHandle? buffers);
                return new PrivcmdDevice(path, file!, buffers);
            }

            // A device that is there and refuses says more than one that is not there.
            failed = answer != -Errno.ENOENT ? (path, answer) : failed;
        }

        throw XenUnavailableException.CannotOpen(failed.Path, failed.Error);
    }

    public long Ioctl(uint request, Span<byte> argument) => Native.Ioctl(_file, request, argument);

    public int MapDevice(int lengthBytes, bool isWritable, out nint address) =>
        Native.MapFile(_file, lengthBytes, isWritable, out address);

    public int UnmapDevice(nint address, int lengthBytes) => Native.Unmap(address, lengthBytes);

    public int ReadPhysicalFrames(nint address, Span<ulong> frames) => PageMap.Read(address, frames);

    public void Dispose()
    {
        Buffers?.Dispose();
        _file.Dispose();
    }
}
