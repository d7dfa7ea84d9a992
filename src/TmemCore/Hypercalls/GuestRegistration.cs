namespace TmemCore.Hypercalls;

/// <summary>Frames that a guest has registered. Dispose it to take them back; pages open just then are finished first.</summary>
public sealed class GuestRegistration : IDisposable
{
    private readonly GuestMemory _memory;
    private GuestRegion? _region;

    internal GuestRegistration(GuestMemory memory, GuestRegion region)
    {
        _memory = memory;
        _region = region;
        FirstFrame = region.FirstFrame;
        FrameCount = region.FrameCount;
    }

    /// <summary>The number of the first frame.</summary>
    public ulong FirstFrame { get; }

    /// <summary>How many frames there are.</summary>
    public ulong FrameCount { get; }

    /// <summary>The guest address of the first byte: what a control operation's buffer field holds.</summary>
    public ulong Address => FirstFrame * GuestMemory.FrameBytes;

    /// <summary>
    /// Takes the frames out: calls from now on are answered <c>-EFAULT</c> for them. The memory stays pinned until pages
    /// opened before have been closed. A second call does nothing.
    /// </summary>
    public void Dispose()
    {
        GuestRegion? region = Interlocked.Exchange(ref _region, null);
        if (region is not null)
        {
            _memory.Remove(region);
        }
    }
}
