using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Server.Nbd;

/// <summary>The calls of the C library that this room makes. Linux only.</summary>
internal static unsafe partial class Native
{
    private const string C = "libc";

    /// <summary>POLLIN and POLLOUT, see poll(2).</summary>
    private const short CanReceive = 1;
    private const short CanSend = 4;

    /// <summary>EFD_CLOEXEC, see eventfd(2).</summary>
    private const int CloseOnExec = 0x80000;

    /// <summary>EFD_NONBLOCK.</summary>
    private const int NonBlocking = 0x800;

    /// <summary>FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE, see fallocate(2).</summary>
    private const int PunchHoleKeepSize = 1 | 2;

    /// <summary>FALLOC_FL_KEEP_SIZE and FALLOC_FL_ZERO_RANGE.</summary>
    private const int ZeroRangeKeepSize = 1 | 16;

    /// <summary>SEEK_END, see lseek(2).</summary>
    private const int FromEnd = 2;

    /// <summary>PR_SET_IO_FLUSHER, see prctl(2).</summary>
    private const int SetIoFlusher = 57;

    /// <summary>MCL_CURRENT, MCL_FUTURE and MCL_ONFAULT, see mlockall(2).</summary>
    private const int LockCurrent = 1;
    private const int LockFuture = 2;
    private const int LockOnFault = 4;

    /// <summary>SCHED_RR, see sched(7).</summary>
    private const int RoundRobin = 2;

    private const int Interrupted = 4;

    [StructLayout(LayoutKind.Sequential)]
    private struct Watched
    {
        public int File;
        public short Wanted;
        public short Found;
    }

    /// <summary>A file that can be waited for, and is ready once something has been written to it.</summary>
    /// <exception cref="IOException">The system has no more files.</exception>
    internal static SafeFileHandle CreateEvent()
    {
        int file = EventFd(0, CloseOnExec | NonBlocking);
        return file >= 0
            ? new SafeFileHandle(file, ownsHandle: true)
            : throw new IOException($"The system gave no event: error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>Makes an event ready for good.</summary>
    internal static void Raise(SafeFileHandle raised)
    {
        ulong one = 1;
        _ = Write(raised, &one, sizeof(ulong));
    }

    /// <summary>Makes an event that was raised wait again.</summary>
    internal static void Lower(SafeFileHandle raised)
    {
        ulong count;
        _ = Read(raised, &count, sizeof(ulong));
    }

    /// <summary>Waits until an event is raised.</summary>
    internal static void WaitFor(SafeFileHandle raised)
    {
        Watched* watched = stackalloc Watched[1];
        watched[0] = new Watched { File = (int)raised.DangerousGetHandle(), Wanted = CanReceive };
        _ = Poll(watched, 1, -1);
    }

    /// <summary>Waits until a socket can receive or send or has failed, or something else happens first.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="isToSend">Whether to wait for room in it, and not for bytes.</param>
    /// <param name="end">What ends the waiting for good.</param>
    /// <param name="other">What ends it, too, if anything does.</param>
    /// <param name="another">What ends it as well, if anything does.</param>
    /// <param name="milliseconds">The longest wait; -1 for no end.</param>
    internal static WaitOutcome WaitFor(
        SafeSocketHandle socket, bool isToSend, SafeFileHandle end, SafeFileHandle? other, SafeFileHandle? another, int milliseconds)
    {
        Watched* watched = stackalloc Watched[4];
        watched[0] = new Watched { File = (int)socket.DangerousGetHandle(), Wanted = isToSend ? CanSend : CanReceive };
        watched[1] = new Watched { File = (int)end.DangerousGetHandle(), Wanted = CanReceive };
        watched[2] = new Watched { File = other is null ? -1 : (int)other.DangerousGetHandle(), Wanted = CanReceive };
        watched[3] = new Watched { File = another is null ? -1 : (int)another.DangerousGetHandle(), Wanted = CanReceive };
        int ready = Poll(watched, 4, milliseconds);
        if (ready < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
            return WaitOutcome.Socket;
        }

        return ready <= 0 || watched[1].Found != 0 ? WaitOutcome.End : watched[0].Found != 0 ? WaitOutcome.Socket : WaitOutcome.Other;
    }

    /// <summary>Keeps in memory what this process touches from now on, and what it has touched already.</summary>
    /// <exception cref="Win32Exception">The system does not let it.</exception>
    internal static void LockProcess()
    {
        if (LockAll(LockCurrent | LockFuture | LockOnFault) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new Win32Exception(
                error,
                $"The process cannot be kept in memory: {Marshal.GetPInvokeErrorMessage(error)}. It takes the right CAP_IPC_LOCK, or no limit of locked memory (ulimit -l, or LimitMEMLOCK of a unit).");
        }
    }

    /// <summary>Gives the room of a part of a file back to the file system.</summary>
    /// <returns>False when the file system cannot.</returns>
    internal static bool TryPunchHole(SafeFileHandle file, long offset, long bytes) => Allocate(file, PunchHoleKeepSize, offset, bytes) == 0;

    /// <summary>Makes a part of a file zeros that keep their room.</summary>
    /// <returns>False when the file system cannot.</returns>
    internal static bool TryZeroRange(SafeFileHandle file, long offset, long bytes) => Allocate(file, ZeroRangeKeepSize, offset, bytes) == 0;

    /// <summary>The length of a file, or of a block device; less than 0 for what has none.</summary>
    internal static long LengthOf(SafeFileHandle file) => Seek(file, 0, FromEnd);

    /// <summary>
    /// Tells the kernel that this thread works for a block device: what it allocates must not wait for that device to be written to. Needs a right
    /// (CAP_SYS_RESOURCE); without it nothing changes.
    /// </summary>
    internal static void BecomeIoFlusher() => _ = Control(SetIoFlusher, 1, 0, 0, 0);

    /// <summary>
    /// Has this thread run before all that are not urgent: while memory is short, it may then have a part of what the kernel keeps for emergencies, and whoever waits
    /// for the device waits for less. Needs a right (CAP_SYS_NICE); without it nothing changes.
    /// </summary>
    internal static void BecomeUrgent()
    {
        int priority = 1;
        _ = SetScheduler(0, RoundRobin, &priority);
    }

    [LibraryImport(C, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint value, int flags);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, void* bytes, nuint count);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(SafeFileHandle file, void* bytes, nuint count);

    [LibraryImport(C, EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(SafeFileHandle file, long offset, int from);

    [LibraryImport(C, EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Watched* watched, nuint count, int milliseconds);

    [LibraryImport(C, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(SafeFileHandle file, int mode, long offset, long bytes);

    [LibraryImport(C, EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockAll(int flags);

    [LibraryImport(C, EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int thread, int policy, int* priority);

    [LibraryImport(C, EntryPoint = "prctl")]
    private static partial int Control(int option, nuint value, nuint unused, nuint unused2, nuint unused3);
}
