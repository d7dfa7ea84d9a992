using System.Numerics;
using Microsoft.Win32.SafeHandles;
using TmemCore.Memory;
using TmemCore.Wire;

namespace TmemCore.Server;

/// <summary>
/// The daemon's end of a channel in shared memory: a thread that does what the client's slots say. It looks for more for a while, which costs no call of
/// the system, and then sleeps until the client wakes it. Whatever the client writes into the memory concerns itself alone.
/// </summary>
internal sealed class ChannelServer : IDisposable
{
    /// <summary>Looks at the word of submissions without finding any, before the thread sleeps: some 50 µs, which is what being woken costs.</summary>
    private const int LooksBeforeSleep = 1000;
    private const int SpinIterations = 1;

    private static readonly TimeSpan s_longestSleep = TimeSpan.FromSeconds(60);

    private readonly SharedMemory _memory;
    private readonly ServerCalls _calls;
    private readonly Action _fail;
    private Thread _thread;
    private readonly byte[] _entry = GC.AllocateUninitializedArray<byte>(TmemPool.PageBytes, pinned: true);
    private volatile bool _isOver;

    private ChannelServer(SharedMemory memory, ServerCalls calls, Action fail)
    {
        _memory = memory;
        _calls = calls;
        _fail = fail;
        try
        {
            _thread = Begin();
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    /// <summary>The memory, for the client or for a successor.</summary>
    public SafeFileHandle File => _memory.File;

    /// <summary>Makes a channel for a client.</summary>
    /// <param name="calls">What its operations do.</param>
    /// <param name="fail">Called, by the channel's thread, when that can go on no more.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no memory or no descriptor for it.</exception>
    public static ChannelServer Create(ServerCalls calls, Action fail) => new(SharedMemory.Create(ChannelLayout.TotalBytes), calls, fail);

    /// <summary>Goes on with a channel that another process has served.</summary>
    public static ChannelServer Adopt(SafeFileHandle file, ServerCalls calls, Action fail) =>
        new(SharedMemory.Adopt(file, ChannelLayout.TotalBytes), calls, fail);

    /// <summary>Has the thread end, between two operations; what was submitted and not looked at stays in the memory.</summary>
    public void Pause()
    {
        _isOver = true;
        Wake();
        _thread.Join();
    }

    /// <summary>Goes on after a pause.</summary>
    public void Resume()
    {
        _isOver = false;
        _thread = Begin();
    }

    /// <summary>Ends the thread, and takes the memory away.</summary>
    public void Dispose()
    {
        Pause();
        _memory.Dispose();
    }

    private Thread Begin()
    {
        var thread = new Thread(Run) { Name = "TmemCore channel", IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Run()
    {
        try
        {
            Serve();
        }
        catch (Exception)
        {
            // The host has gone, or there is no memory for an operation: the connection ends, and the client is told by that.
            _fail();
        }
    }

    private void Serve()
    {
        int looks = 0;
        while (!_isOver)
        {
            ulong submitted = Volatile.Read(ref Submitted) == 0 ? 0 : Interlocked.Exchange(ref Submitted, 0);
            if (submitted != 0)
            {
                Serve(submitted);
                looks = 0;
            }
            else if (++looks < LooksBeforeSleep)
            {
                Thread.SpinWait(SpinIterations);
            }
            else
            {
                Sleep();
                looks = 0;
            }
        }
    }

    /// <summary>Does what was submitted; what is left when the thread is to end is for whoever goes on.</summary>
    private void Serve(ulong submitted)
    {
        for (; submitted != 0; submitted &= submitted - 1)
        {
            if (_isOver)
            {
                Interlocked.Or(ref Submitted, submitted);
                return;
            }

            Serve(BitOperations.TrailingZeroCount(submitted));
        }
    }

    private void Serve(int number)
    {
        // A copy: the client may change it while it is looked at.
        ref ChannelSlot slot = ref _memory.At<ChannelSlot>(ChannelLayout.SlotAt(number));
        ChannelSlot request = slot;
        Span<byte> page = _memory.Bytes(ChannelLayout.PageAt(number), TmemPool.PageBytes);
        slot.Result = _calls.Call(request, page, _entry, out int found);
        slot.FoundBytes = found;
        if (Interlocked.Exchange(ref slot.State, ChannelSlot.Done) == ChannelSlot.Awaited)
        {
            Wire.Native.WakeAll(ref slot.State);
        }
    }

    private ref ulong Submitted => ref _memory.At<ulong>(ChannelLayout.Submitted);

    private void Sleep()
    {
        ref int sleeps = ref _memory.At<int>(ChannelLayout.DaemonSleeps);
        Interlocked.Exchange(ref sleeps, 1);

        // Whoever submits now sees that it sleeps; whoever has done so before is seen here.
        if (Volatile.Read(ref Submitted) == 0 && !_isOver)
        {
            Wire.Native.WaitWhile(ref sleeps, 1, s_longestSleep);
        }

        Interlocked.Exchange(ref sleeps, 0);
    }

    private void Wake()
    {
        ref int sleeps = ref _memory.At<int>(ChannelLayout.DaemonSleeps);
        Interlocked.Exchange(ref sleeps, 0);
        Wire.Native.WakeAll(ref sleeps);
    }
}
