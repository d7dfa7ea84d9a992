using System.Numerics;
using TmemCore.Memory;
using TmemCore.Wire;

namespace TmemCore.Client;

/// <summary>
/// The client's end of a channel in shared memory: an operation in a slot, a bit for the daemon, and then a look at the slot until it is done. While the
/// daemon is busy none of that is a call of the system. Thread-safe; each call has a slot of its own.
/// </summary>
internal sealed class ChannelClient : IDisposable
{
    /// <summary>Looks at a slot before the thread sleeps: longer than the daemon takes to wake up, or each call would sleep beside one that does.</summary>
    private const int LooksBeforeSleep = 4000;
    private const int SpinIterations = 1;

    /// <summary>How often a thread that sleeps looks whether the daemon is there at all.</summary>
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMilliseconds(100);

    private readonly SharedMemory _memory;
    private readonly RequestChannel _requests;
    private ulong _free = ulong.MaxValue;
    private int _isOver;

    public ChannelClient(SharedMemory memory, RequestChannel requests)
    {
        _memory = memory;
        _requests = requests;
    }

    private ref ulong Submitted => ref _memory.At<ulong>(ChannelLayout.Submitted);

    /// <summary>Has an operation done.</summary>
    /// <param name="op">The operation; its state and results are not looked at.</param>
    /// <param name="data">What is to be stored: 4,096 bytes at most.</param>
    /// <param name="found">Takes what was found; untouched when nothing was.</param>
    /// <param name="foundBytes">How much was found.</param>
    /// <returns>The answer, as over the socket.</returns>
    /// <exception cref="TmemConnectionException">The daemon has gone, or the connection is disposed.</exception>
    public long Call(in ChannelSlot op, ReadOnlySpan<byte> data, Span<byte> found, out int foundBytes)
    {
        ulong slot = Rent(1);
        try
        {
            Begin(BitOperations.TrailingZeroCount(slot), op, data);
            return End(BitOperations.TrailingZeroCount(slot), found, out foundBytes);
        }
        finally
        {
            Return(slot);
        }
    }

    /// <summary>
    /// Takes slots, a bit each: one at least, for which it waits, and no more than asked for or left. The daemon looks at lower ones first, so that operations
    /// begun from the lowest slot up are done in their order.
    /// </summary>
    /// <exception cref="TmemConnectionException">The connection is disposed.</exception>
    public ulong Rent(int most)
    {
        var wait = default(SpinWait);
        while (true)
        {
            ulong free = Volatile.Read(ref _free);
            if (free == 0)
            {
                wait.SpinOnce();
                continue;
            }

            ulong left = free;
            for (int taken = 0; taken < most; taken++)
            {
                left &= left - 1;
            }

            if (Interlocked.CompareExchange(ref _free, left, free) == free)
            {
                return Volatile.Read(ref _isOver) != 0 ? throw Leave(free ^ left) : free ^ left;
            }
        }
    }

    /// <summary>Gives slots back, with no operation in them under way unless the connection has broken.</summary>
    public void Return(ulong slots) => Interlocked.Or(ref _free, slots);

    /// <summary>Submits an operation in a slot of the caller's.</summary>
    /// <inheritdoc cref="Call"/>
    public void Begin(int number, in ChannelSlot op, ReadOnlySpan<byte> data)
    {
        _requests.RequireWhole();
        ref ChannelSlot slot = ref _memory.At<ChannelSlot>(ChannelLayout.SlotAt(number));
        data.CopyTo(_memory.Bytes(ChannelLayout.PageAt(number), TmemPool.PageBytes));
        slot = op;
        slot.DataBytes = data.IsEmpty ? op.DataBytes : data.Length;
        Volatile.Write(ref slot.State, ChannelSlot.Submitted);
        Submit(number);
    }

    /// <summary>Waits for what was begun in a slot.</summary>
    /// <inheritdoc cref="Call"/>
    public long End(int number, Span<byte> found, out int foundBytes)
    {
        ref ChannelSlot slot = ref _memory.At<ChannelSlot>(ChannelLayout.SlotAt(number));
        Await(ref slot);
        foundBytes = slot.FoundBytes;
        if (foundBytes < 0 || foundBytes > found.Length)
        {
            throw _requests.Break($"The daemon found {foundBytes} bytes where {found.Length} were asked for.");
        }

        _memory.Bytes(ChannelLayout.PageAt(number), foundBytes).CopyTo(found);
        return slot.Result;
    }

    /// <summary>Takes the memory away once nobody is in it; whoever comes later is told that the connection is disposed.</summary>
    public void Dispose()
    {
        // A locked instruction: whoever has taken a slot before is seen below, and whoever takes one after sees this.
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return;
        }

        var wait = default(SpinWait);
        while (Volatile.Read(ref _free) != ulong.MaxValue)
        {
            wait.SpinOnce();
        }

        _memory.Dispose();
    }

    private TmemConnectionException Leave(ulong slots)
    {
        Return(slots);
        return _requests.Break("The connection is disposed.");
    }

    private void Submit(int number)
    {
        Interlocked.Or(ref Submitted, 1UL << number);
        ref int sleeps = ref _memory.At<int>(ChannelLayout.DaemonSleeps);
        if (Volatile.Read(ref sleeps) != 0 && Interlocked.Exchange(ref sleeps, 0) != 0)
        {
            Wire.Native.WakeAll(ref sleeps);
        }
    }

    private void Await(ref ChannelSlot slot)
    {
        for (int looks = 0; looks < LooksBeforeSleep; looks++)
        {
            if (Volatile.Read(ref slot.State) == ChannelSlot.Done)
            {
                return;
            }

            Thread.SpinWait(SpinIterations);
        }

        while (Interlocked.CompareExchange(ref slot.State, ChannelSlot.Awaited, ChannelSlot.Submitted) != ChannelSlot.Done)
        {
            Wire.Native.WaitWhile(ref slot.State, ChannelSlot.Awaited, s_longestSleep);
            if (Volatile.Read(ref slot.State) != ChannelSlot.Done)
            {
                _requests.RequirePeer();
            }
        }
    }
}
