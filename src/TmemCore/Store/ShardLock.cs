using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TmemCore.Store;

/// <summary>
/// The lock of a shard: one uncontended exchange to enter, a plain store to leave. A waiter yields its core instead of
/// sleeping, since no holder does more than copy a page. Whoever comes while others wait lets them go first, so that a client
/// which enters again and again keeps nobody out. Not reentrant. Once closed it admits nobody.
/// </summary>
internal sealed class ShardLock
{
    /// <summary>Alone on its cache lines, so that neighbouring locks do not disturb each other.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Padded
    {
        [FieldOffset(64)]
        public int Held;

        [FieldOffset(68)]
        public int Waiting;

        [FieldOffset(72)]
        public bool IsClosed;

        [FieldOffset(76)]
        public uint Draw;

        /// <summary>Exits until the next one that draws anew.</summary>
        [FieldOffset(80)]
        public long Left;
    }

    /// <summary>Some 0.9 µs, longer than a waiter goes without a look at the lock.</summary>
    private const int GiveWayIterations = 24;

    /// <summary>
    /// From one that is drawn to the next there are 1 to 2,048. A sample misses the caches for what only samples use, which is some hundred
    /// nanoseconds: drawn more often it could be measured.
    /// </summary>
    private const int DrawShift = 21;

    private Padded _state = new() { Left = long.MaxValue };

    /// <summary>Whether somebody waits to enter.</summary>
    public bool HasWaiters => Volatile.Read(ref _state.Waiting) != 0;

    /// <summary>
    /// Whether whoever enters next is to be timed. How many are passed over is drawn at random, since operations that alternate would
    /// otherwise meet the end of a count always in the same place, or never.
    /// </summary>
    public bool IsDrawn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _state.Left == 1;
    }

    /// <summary>Begins to draw; until then nobody is drawn.</summary>
    public void StartDrawing(uint seed)
    {
        _state.Draw = seed;
        Redraw();
    }

    /// <summary>Enters.</summary>
    /// <exception cref="ObjectDisposedException">The lock is closed: its host is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (_state.Waiting != 0 || Interlocked.CompareExchange(ref _state.Held, 1, 0) != 0)
        {
            EnterContended();
        }

        if (_state.IsClosed)
        {
            ThrowClosed();
        }
    }

    /// <summary>Enters, unless the lock is closed.</summary>
    public bool TryEnterOpen()
    {
        if (_state.Waiting != 0 || Interlocked.CompareExchange(ref _state.Held, 1, 0) != 0)
        {
            EnterContended();
        }

        if (_state.IsClosed)
        {
            Exit();
            return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit()
    {
        if (--_state.Left == 0)
        {
            Redraw();
        }

        Volatile.Write(ref _state.Held, 0);
    }

    /// <summary>Leaves for good: whoever enters from now on is told that the host is disposed.</summary>
    public void Close()
    {
        _state.IsClosed = true;
        Exit();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Redraw()
    {
        // A linear congruence: its upper bits, which alone count, are as good as random.
        _state.Draw = (_state.Draw * 1_664_525) + 1_013_904_223;
        _state.Left = (_state.Draw >> DrawShift) + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterContended()
    {
        if (Volatile.Read(ref _state.Waiting) != 0)
        {
            // Long enough for a waiter on another core to notice that the lock is free; no longer, since it may not be running.
            Thread.SpinWait(GiveWayIterations);
        }

        Interlocked.Increment(ref _state.Waiting);
        var wait = default(SpinWait);
        while (Volatile.Read(ref _state.Held) != 0 || Interlocked.CompareExchange(ref _state.Held, 1, 0) != 0)
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }

        Interlocked.Decrement(ref _state.Waiting);
    }

    private void ThrowClosed()
    {
        Exit();
        throw new ObjectDisposedException(nameof(TmemHost));
    }
}
