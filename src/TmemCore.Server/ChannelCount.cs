namespace TmemCore.Server;

/// <summary>Channels in shared memory, each of which takes a thread and some memory. Thread-safe.</summary>
internal sealed class ChannelCount(int most)
{
    private int _count;

    /// <summary>Counts one more, unless there are as many as there may be.</summary>
    public bool TryTake()
    {
        if (Interlocked.Increment(ref _count) <= most)
        {
            return true;
        }

        GiveBack();
        return false;
    }

    /// <summary>Counts one that another process has had: it stays, whatever the limit is here.</summary>
    public void Take() => Interlocked.Increment(ref _count);

    /// <summary>Counts one less.</summary>
    public void GiveBack() => Interlocked.Decrement(ref _count);
}
