using System.Numerics;
using TmemCore.Codecs;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// Where the search for cold pages has got to, and what has come of it. A walk visits every packed page; the next one begins
/// so long after its end that what it finds still marked is cold. One thread at a time walks; the totals may be read by any.
/// </summary>
/// <param name="codec">The denser codec.</param>
/// <param name="after">How long a page is not used before it counts as cold.</param>
/// <param name="clock">What measures that.</param>
internal sealed class ColdWalk(PageCodec codec, TimeSpan after, TimeProvider clock)
{
    /// <summary>A step's time, by the clock: looked at after each page.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);

    /// <summary>What a step does at most, should the clock stand still: pages recompressed, and groups of numbers looked at.</summary>
    private const int MostPages = 64;
    private const int MostGroups = 256;

    /// <summary>Pages in a row for which there was no memory, after which it is left at that for a while.</summary>
    private const int MostShortages = 16;

    private long _stepBegan;
    private int _pages;
    private int _groups;
    private long? _restBegan;
    private int _shortages;
    private uint _next;
    private uint _group;
    private ulong _cold;
    private long _freedBytes;
    private long _recompressions;
    private long _savedBytes;
    private long _workTicks;

    /// <summary>The denser codec.</summary>
    public PageCodec Codec { get; } = codec;

    /// <summary>What it makes of a page.</summary>
    public byte[] Output { get; } = GC.AllocateUninitializedArray<byte>(ArenaLayout.PageBytes, pinned: true);

    /// <summary>Pages recompressed so far.</summary>
    public long Recompressions => Interlocked.Read(ref _recompressions);

    /// <summary>Bytes saved by that so far.</summary>
    public long SavedBytes => Interlocked.Read(ref _savedBytes);

    /// <summary>Time spent so far.</summary>
    public TimeSpan WorkTime => TimeSpan.FromTicks(Interlocked.Read(ref _workTicks));

    /// <summary>Whether the step has neither used its time up nor done enough.</summary>
    public bool HasTime => _pages < MostPages && _groups < MostGroups && clock.GetElapsedTime(_stepBegan) < s_step;

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public static void PassOn(ColdWalk? walk, StateTransfer state)
    {
        long recompressions = walk?.Recompressions ?? 0;
        long savedBytes = walk?.SavedBytes ?? 0;
        long workTicks = walk?.WorkTime.Ticks ?? 0;
        state.Pass(ref recompressions);
        state.Pass(ref savedBytes);
        state.Pass(ref workTicks);
        if (walk is not null)
        {
            walk._recompressions = recompressions;
            walk._savedBytes = savedBytes;
            walk._workTicks = workTicks;
        }
    }

    /// <summary>Begins a step, unless the walk rests.</summary>
    /// <returns>How long it still does.</returns>
    public TimeSpan Begin()
    {
        TimeSpan rest = _restBegan is long began ? after - clock.GetElapsedTime(began) : TimeSpan.Zero;
        if (rest > TimeSpan.Zero)
        {
            return rest;
        }

        _restBegan = null;
        _shortages = 0;
        _stepBegan = clock.GetTimestamp();
        _pages = 0;
        _groups = 0;
        return TimeSpan.Zero;
    }

    /// <summary>Ends a step.</summary>
    public void End() => Interlocked.Add(ref _workTicks, clock.GetElapsedTime(_stepBegan).Ticks);

    /// <summary>The next page of a group that is cold.</summary>
    public bool TryTakeCold(out uint page)
    {
        int bit = BitOperations.TrailingZeroCount(_cold);
        page = _group + (uint)bit;
        if (bit == PackedPages.NumbersPerStep)
        {
            return false;
        }

        _cold &= _cold - 1;
        _pages++;
        return true;
    }

    /// <summary>The next group of numbers to look at.</summary>
    /// <param name="first">The first number of all.</param>
    /// <param name="end">The number after the last.</param>
    /// <param name="group">The first number of the group.</param>
    /// <returns>False at the end of the walk.</returns>
    public bool TryTakeGroup(uint first, uint end, out uint group)
    {
        group = first + _next;
        if (group >= end)
        {
            return false;
        }

        _group = group;
        _next += PackedPages.NumbersPerStep;
        _groups++;
        return true;
    }

    /// <summary>Has the group's cold pages taken next, one bit each.</summary>
    public void NoteCold(ulong pages) => _cold = pages;

    /// <summary>A page has been made smaller.</summary>
    public void NoteRecompressed(int freedBytes, int savedBytes)
    {
        _shortages = 0;
        _freedBytes += freedBytes;
        Interlocked.Increment(ref _recompressions);
        Interlocked.Add(ref _savedBytes, savedBytes);
    }

    /// <summary>There was no slot for a page. After some of them the walk rests where it is, so that it does not try in vain all the time.</summary>
    public void NoteShortage()
    {
        if (++_shortages >= MostShortages)
        {
            Rest();
        }
    }

    /// <summary>Whether there may be sparse spans left of what the walk has freed; asked before each step of compaction.</summary>
    public bool TryTakeCompaction(int bytes)
    {
        bool isThere = _freedBytes > 0;
        _freedBytes = Math.Max(_freedBytes - bytes, 0);
        return isThere;
    }

    /// <summary>Ends the walk; the next one begins in a while.</summary>
    public void Finish()
    {
        _next = 0;
        _freedBytes = 0;
        Rest();
    }

    private void Rest()
    {
        _restBegan = clock.GetTimestamp();
        _pages = MostPages;
    }
}
