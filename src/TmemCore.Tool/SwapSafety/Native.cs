using System.Runtime.InteropServices;

namespace TmemCore.Tool.SwapSafety;

/// <summary>The calls of the C library that keep a process in memory and out of its own way. Linux only.</summary>
internal static partial class Native
{
    private const string Library = "libc";
    private const int LimitMemoryLocked = 8;

    /// <summary>MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT, see mlock(2).</summary>
    private const int LockCurrent = 1;
    private const int LockFuture = 2;
    private const int LockOnFault = 4;

    /// <summary>PR_SET_IO_FLUSHER, see prctl(2).</summary>
    private const int SetIoFlusherOption = 57;

    /// <summary>RLIMIT_MEMLOCK, the soft limit, in bytes; the greatest number where there is none.</summary>
    public static ulong MemoryLockLimitBytes() =>
        GetLimit(LimitMemoryLocked, out ResourceLimit limit) == 0 ? limit.Current : ulong.MaxValue;

    /// <summary>Brings all that the process has mapped into memory and keeps it there.</summary>
    /// <returns>0, or the error's number.</returns>
    public static int LockWhatIsMapped() => Answer(LockAll(LockCurrent));

    /// <summary>Keeps all that the process maps from now on in memory, once it has been touched.</summary>
    /// <returns>0, or the error's number.</returns>
    public static int LockWhatWillBeMapped() => Answer(LockAll(LockFuture | LockOnFault));

    /// <summary>Marks this thread, and those that it starts later, as one that memory is written out through.</summary>
    /// <returns>0, or the error's number.</returns>
    public static int BecomeIoFlusher() => Answer(Control(SetIoFlusherOption, 1, 0, 0, 0));

    private static int Answer(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport(Library, EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockAll(int flags);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport(Library, EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public ulong Current;
        public ulong Maximum;
    }
}
