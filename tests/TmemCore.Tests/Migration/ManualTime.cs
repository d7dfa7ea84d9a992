namespace TmemCore.Tests.Migration;

/// <summary>A clock that stands still until it is moved on, and whose timers ring then.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on, again and again, until a task is done: whatever waits meanwhile has waited too long.</summary>
    public async Task AdvanceUntilAsync(Task task, TimeSpan time)
    {
        while (!task.IsCompleted)
        {
            Advance(time);
            await Task.Yield();
        }
    }

    private void Advance(TimeSpan time)
    {
        ManualTimer[] due;
        lock (_gate)
        {
            _ticks += time.Ticks;
            due = [.. _timers.Where(timer => timer.Due <= _ticks)];
            _timers.RemoveAll(timer => timer.Due <= _ticks);
        }

        Array.ForEach(due, static timer => timer.Ring());
    }

    private sealed class ManualTimer(ManualTime clock, Action ring) : ITimer
    {
        public long Due { get; private set; }

        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._ticks + dueTime.Ticks;
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
