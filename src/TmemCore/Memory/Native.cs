using System.Runtime.InteropServices;

namespace TmemCore.Memory;

/// <summary>The calls of the C library that reserve, advise and give back memory. Linux only.</summary>
internal static unsafe partial class Native
{
    public const int ProtectReadWrite = 0x1 | 0x2;
    public const int MapShared = 0x01;
    public const int MapPrivateAnonymousNoReserve = 0x02 | 0x20 | 0x4000;
    public const int AdviseReturn = 4;

    /// <summary>As <see cref="AdviseReturn"/> for locked memory; Linux 5.18.</summary>
    public const int AdviseReturnLocked = 24;
    public const int AdviseDontFork = 10;
    public const int AdviseHuge = 14;
    public const int AdviseNoHuge = 15;
    public const int AdviseDontDump = 16;

    /// <summary>Pages are not wanted soon: has a huge page taken apart if it is given for a part of one; Linux 5.4.</summary>
    public const int AdviseCold = 20;
    public const uint MemoryFileCloseOnExec = 1;
    public const int PunchHoleKeepSize = 0x01 | 0x02;
    public const int LockOnFault = 1;
    public const int DuplicateCloseOnExec = 1030;
    public const uint MemoryFileAllowSealing = 2;

    /// <summary>F_ADD_SEALS, and the seals against another length and against other seals.</summary>
    public const int AddSeals = 1033;
    public const int SealLengthForGood = 0x1 | 0x2 | 0x4;

    private const int LimitMemoryLocked = 8;
    private const string Library = "libc";

    public static void* MapFailed => (void*)-1;

    /// <summary>RLIMIT_MEMLOCK, the soft limit, in bytes; the greatest number where there is none.</summary>
    public static ulong MemoryLockLimitBytes() =>
        GetLimit(LimitMemoryLocked, out ResourceLimit limit) == 0 ? limit.Current : ulong.MaxValue;

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, long offset);

    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint bytes);

    [LibraryImport(Library, EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(void* address, nuint bytes, int advice);

    [LibraryImport(Library, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int SetFileLength(int file, long bytes);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(int file, int mode, long offset, long bytes);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int file, int command, int argument);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport(Library, EntryPoint = "mlock2", SetLastError = true)]
    public static partial int Lock(void* address, nuint bytes, int flags);

    [LibraryImport(Library, EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Current;
        public ulong Maximum;
    }
}
