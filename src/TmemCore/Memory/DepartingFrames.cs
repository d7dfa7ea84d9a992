namespace TmemCore.Memory;

/// <summary>
/// Frames that are on their way back to the system: taken, and kept until all of a huge page has come together, for the system takes such a page
/// back by one call and needs not take it apart. One thread at a time.
/// </summary>
/// <param name="frames">Whose frames they are.</param>
internal sealed class DepartingFrames(FrameAllocator frames)
{
    private readonly Queue<uint> _whole = new();
    private ulong[] _bits = [];
    private uint _lowest = uint.MaxValue;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Takes frames in.</summary>
    public void Add(ReadOnlySpan<uint> taken)
    {
        Reach();
        foreach (uint frame in taken)
        {
            uint word = frame >> 6;
            _bits[word] |= 1UL << (int)(frame & 63);
            uint huge = frame / FrameAllocator.HugeFrames;
            _lowest = Math.Min(_lowest, huge);
            if ((_bits[word] | frames.AbsentBits(word)) == ulong.MaxValue && IsWhole(huge))
            {
                _whole.Enqueue(huge);
            }
        }

        Count += taken.Length;
    }

    /// <summary>Returns what fills huge pages, with what has gone before.</summary>
    /// <param name="most">No further huge page is begun from so many frames on.</param>
    /// <returns>How many frames.</returns>
    public int ReturnWhole(int most)
    {
        int returned = 0;
        while (returned < most && _whole.TryDequeue(out uint huge))
        {
            returned += Return(huge);
        }

        return returned;
    }

    /// <summary>Returns frames from the lowest on, whether or not they fill huge pages.</summary>
    /// <param name="most">No further huge page is begun from so many frames on.</param>
    /// <returns>How many frames; 0 when there are none.</returns>
    public int ReturnAny(int most)
    {
        int returned = 0;
        for (; Count > 0 && returned < most; _lowest++)
        {
            returned += Return(_lowest);
        }

        _lowest = Count == 0 ? uint.MaxValue : _lowest;
        return returned;
    }

    private int Return(uint huge)
    {
        Span<ulong> taken = _bits.AsSpan((int)(huge * FrameAllocator.HugeWords), FrameAllocator.HugeWords);
        int count = BitRuns.Count(taken);
        if (count == 0)
        {
            return 0;
        }

        frames.Shed(huge, taken);
        taken.Clear();
        Count -= count;
        return count;
    }

    private bool IsWhole(uint huge)
    {
        bool isWhole = true;
        for (uint word = huge * FrameAllocator.HugeWords; word < (huge + 1) * FrameAllocator.HugeWords; word++)
        {
            isWhole &= (_bits[word] | frames.AbsentBits(word)) == ulong.MaxValue;
        }

        return isWhole;
    }

    /// <summary>Has a bit for each frame there is: a 32,768th of what the frames take.</summary>
    private void Reach()
    {
        uint hugePages = (frames.Fresh + FrameAllocator.HugeFrames - 1) / FrameAllocator.HugeFrames;
        if (_bits.Length < hugePages * FrameAllocator.HugeWords)
        {
            Array.Resize(ref _bits, (int)(hugePages * FrameAllocator.HugeWords));
        }
    }
}
