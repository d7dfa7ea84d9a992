using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Hypercalls;

/// <summary>What the kernel tells about the pages of this process: <c>/proc/self/pagemap</c>, 8 bytes a page.</summary>
internal static class PageMap
{
    private const string Path = "/proc/self/pagemap";
    private const ulong PresentBit = 1UL << 63;
    private const ulong FrameMask = (1UL << 55) - 1;

    /// <summary>Reads the physical frame of each page of a range.</summary>
    /// <returns>0, or a negated error number: EFAULT for a page that is not present, EPERM if the kernel does not tell.</returns>
    public static int Read(nint address, Span<ulong> frames)
    {
        try
        {
            using SafeFileHandle map = File.OpenHandle(Path);
            Span<byte> entry = stackalloc byte[sizeof(ulong)];
            for (int i = 0; i < frames.Length; i++)
            {
                long page = (address / Native.PageBytes) + i;
                bool isRead = RandomAccess.Read(map, entry, page * sizeof(ulong)) == sizeof(ulong);
                ulong value = isRead ? BinaryPrimitives.ReadUInt64LittleEndian(entry) : 0;
                frames[i] = value & FrameMask;
                if ((value & PresentBit) == 0)
                {
                    return -Errno.EFAULT;
                }

                // Without the right to see frames the kernel shows all of them as zero.
                if (frames[i] == 0)
                {
                    return -Errno.EPERM;
                }
            }

            return 0;
        }
        catch (UnauthorizedAccessException)
        {
            return -Errno.EPERM;
        }
        catch (IOException)
        {
            return -Errno.EFAULT;
        }
    }
}
