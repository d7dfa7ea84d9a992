using TmemCore.Codecs;

namespace TmemCore.Store;

/// <summary>
/// How the new pages of a pool are packed, and how that went of late: pages that do not get smaller cost the time of trying, so
/// that after some of them only now and then one is tried. Thread-safe; counts may miss one another, for they are a guess anyway.
/// </summary>
internal sealed class PoolPacking
{
    /// <summary>Poor pages in a row after which most are kept whole without being tried.</summary>
    public const int PoorRun = 16;

    /// <summary>One page in so many is tried then.</summary>
    public const int ProbeInterval = 32;

    private PageCodec? _codec;
    private int _poor;
    private uint _skipped;

    /// <summary>What makes pages smaller; null when they are kept whole.</summary>
    public PageCodec? Codec
    {
        get => Volatile.Read(ref _codec);
        set
        {
            if (value != _codec)
            {
                Volatile.Write(ref _codec, value);
                Volatile.Write(ref _poor, 0);
            }
        }
    }

    /// <summary>Whether pages have been poor of late: an estimate is worth its time then.</summary>
    public bool IsPoor => Volatile.Read(ref _poor) >= PoorRun;

    /// <summary>Whether the next page is to be tried; counts those that are not.</summary>
    public bool TakesNext() => !IsPoor || ++_skipped % ProbeInterval == 0;

    /// <summary>A page got smaller.</summary>
    public void NoteGood()
    {
        if (_poor != 0)
        {
            Volatile.Write(ref _poor, 0);
        }
    }

    /// <summary>A page did not get smaller.</summary>
    public void NotePoor()
    {
        if (_poor < PoorRun)
        {
            Volatile.Write(ref _poor, _poor + 1);
        }
    }
}
