using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Hypercalls;

/// <summary>
/// The only place in this room that calls the C library or turns an address into a span. Every call answers 0 (or what
/// the call is for) or a negated error number, so that nobody above has to ask for the last error.
/// </summary>
internal static unsafe partial class Native
{
    private const string C = "libc";
    private const int ProtRead = 1;
    private const int ProtReadWrite = 1 | 2;
    private const int MapShared = 0x01;
    private const int MapPrivate = 0x02;
    private const int MapAnonymous = 0x20;
    private const int MapPopulate = 0x8000;
    private const int OpenReadWrite = 2;
    private const int OpenCloseOnExec = 0x80000;
    private const int AdviceDontFork = 10;
    private const int AdviceDontDump = 16;
    private const int LimitMemoryLocked = 8;

    /// <summary>The size of a page, and of a guest's frame.</summary>
    internal const int PageBytes = 4096;

    /// <summary>A limit that is not set.</summary>
    internal const ulong Unlimited = ulong.MaxValue;

    internal static Span<byte> AsSpan(nint address, int lengthBytes) => new((void*)address, lengthBytes);

    internal static nint AddressOf(in MemoryHandle handle) => (nint)handle.Pointer;

    /// <summary>Anonymous memory, present from the start.</summary>
    internal static int MapAnonymousPages(int lengthBytes, out nint address) =>
        Map(lengthBytes, ProtReadWrite, MapPrivate | MapAnonymous | MapPopulate, -1, out address);

    /// <summary>Memory that a device file provides, or address space it will fill.</summary>
    internal static int MapFile(SafeFileHandle file, int lengthBytes, bool isWritable, out nint address) => Map(
        lengthBytes, isWritable ? ProtReadWrite : ProtRead, MapShared, (int)file.DangerousGetHandle(), out address);

    internal static int Unmap(nint address, int lengthBytes) => Answer(MUnmap(address, (nuint)lengthBytes));

    internal static int Lock(nint address, int lengthBytes) => Answer(MLock(address, (nuint)lengthBytes));

    internal static int Unlock(nint address, int lengthBytes) => Answer(MUnlock(address, (nuint)lengthBytes));

    /// <summary>Keeps a range out of children after fork, where a hypercall would find a copy, and out of core dumps.</summary>
    internal static int ExcludeFromForkAndDump(nint address, int lengthBytes)
    {
        int answer = Answer(MAdvise(address, (nuint)lengthBytes, AdviceDontFork));
        return answer != 0 ? answer : Answer(MAdvise(address, (nuint)lengthBytes, AdviceDontDump));
    }

    /// <summary>RLIMIT_MEMLOCK, the soft limit, in bytes.</summary>
    internal static ulong MemoryLockLimitBytes()
    {
        ResourceLimit limit;
        return GetRLimit(LimitMemoryLocked, &limit) == 0 ? limit.Current : Unlimited;
    }

    internal static int OpenDevice(string path, out SafeFileHandle? file)
    {
        int descriptor;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            descriptor = Open(name, OpenReadWrite | OpenCloseOnExec);
        }

        file = descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
        return descriptor >= 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>An ioctl whose argument is a block of bytes, read and perhaps written by the kernel.</summary>
    internal static long Ioctl(SafeFileHandle file, uint request, Span<byte> argument)
    {
        fixed (byte* bytes = argument)
        {
            int result = Ioctl((int)file.DangerousGetHandle(), request, bytes);
            return result == -1 ? -Marshal.GetLastPInvokeError() : result;
        }
    }

    private static int Map(int lengthBytes, int protection, int flags, int descriptor, out nint address)
    {
        address = MMap(0, (nuint)lengthBytes, protection, flags, descriptor, 0);
        if (address != -1)
        {
            return 0;
        }

        address = 0;
        return -Marshal.GetLastPInvokeError();
    }

    private static int Answer(int result) => result == -1 ? -Marshal.GetLastPInvokeError() : 0;

    [LibraryImport(C, EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MMap(nint address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport(C, EntryPoint = "munmap", SetLastError = true)]
    private static partial int MUnmap(nint address, nuint length);

    [LibraryImport(C, EntryPoint = "mlock", SetLastError = true)]
    private static partial int MLock(nint address, nuint length);

    [LibraryImport(C, EntryPoint = "munlock", SetLastError = true)]
    private static partial int MUnlock(nint address, nuint length);

    [LibraryImport(C, EntryPoint = "madvise", SetLastError = true)]
    private static partial int MAdvise(nint address, nuint length, int advice);

    [LibraryImport(C, EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetRLimit(int resource, ResourceLimit* limit);

    [LibraryImport(C, EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags);

    [LibraryImport(C, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, nuint request, byte* argument);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Current;
        public ulong Maximum;
    }
}
