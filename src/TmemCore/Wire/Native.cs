using System.Runtime.InteropServices;

namespace TmemCore.Wire;

/// <summary>The calls of Linux, 64 bits, that pass open files from process to process, and have one wait for another.</summary>
internal static unsafe partial class Native
{
    /// <summary>SOL_SOCKET and SCM_RIGHTS of Linux, see unix(7).</summary>
    private const int SocketLevel = 1;
    private const int Rights = 1;

    /// <summary>MSG_NOSIGNAL: a peer that has gone is an error, and no signal.</summary>
    private const int NoSignal = 0x4000;

    /// <summary>MSG_CMSG_CLOEXEC: what is received is not for child processes.</summary>
    private const int CloseOnExec = 0x40000000;

    private const string Library = "libc";

    /// <summary>FUTEX_WAIT and FUTEX_WAKE of Linux, between processes, see futex(2).</summary>
    private const int FutexWait = 0;
    private const int FutexWake = 1;

    /// <summary>The number of the call, by the machine's kind, see syscalls(2).</summary>
    private static readonly nint s_futex = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 202 : 98;

    /// <summary>Sleeps until somebody wakes those who wait at a word in shared memory, as long as it has a value, and not longer than a time.</summary>
    public static void WaitWhile(ref int word, int value, TimeSpan most)
    {
        var time = new Time { Seconds = (long)most.TotalSeconds, Nanoseconds = most.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };

        // What it answers does not matter: whoever waits looks at the word again.
        fixed (int* address = &word)
        {
            _ = Futex(s_futex, address, FutexWait, value, &time, null, 0);
        }
    }

    /// <summary>Wakes those who wait at a word in shared memory.</summary>
    public static void WakeAll(ref int word)
    {
        fixed (int* address = &word)
        {
            _ = Futex(s_futex, address, FutexWake, int.MaxValue, null, null, 0);
        }
    }

    /// <summary>Sends a byte and with it an open file.</summary>
    /// <returns>1, or -1 with the last error set.</returns>
    public static int SendFile(int socket, byte mark, int file)
    {
        var part = new Part { Bytes = &mark, Length = 1 };
        var control = new OneFile { Length = OneFile.Bytes, Level = SocketLevel, Type = Rights, File = file };
        var message = new Message { Parts = &part, PartCount = 1, Control = &control, ControlLength = (nuint)sizeof(OneFile) };
        return (int)SendMessage(socket, &message, NoSignal);
    }

    /// <summary>Receives a byte and an open file.</summary>
    /// <returns>1, 0 at the end, or -1 with the last error set.</returns>
    public static int ReceiveFile(int socket, out byte mark, out int? file)
    {
        byte received = 0;
        var part = new Part { Bytes = &received, Length = 1 };
        OneFile control = default;
        var message = new Message { Parts = &part, PartCount = 1, Control = &control, ControlLength = (nuint)sizeof(OneFile) };
        int bytes = (int)ReceiveMessage(socket, &message, CloseOnExec);
        mark = received;
        file = message.ControlLength >= OneFile.Bytes && control.Type == Rights ? control.File : null;
        return bytes;
    }

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, Message* message, int flags);

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int socket, Message* message, int flags);

    [LibraryImport(Library, EntryPoint = "syscall")]
    private static partial nint Futex(nint number, int* word, int operation, int value, Time* timeout, int* second, int third);

    /// <summary>struct timespec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Part
    {
        public byte* Bytes;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public uint NameLength;
        public Part* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct cmsghdr with one descriptor.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OneFile
    {
        /// <summary>Its length without the padding at the end.</summary>
        public const int Bytes = 20;

        public nuint Length;
        public int Level;
        public int Type;
        public int File;
        public int Padding;
    }
}
