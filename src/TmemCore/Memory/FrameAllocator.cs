using System.Numerics;
using System.Runtime.CompilerServices;

namespace TmemCore.Memory;

/// <summary>
/// The page frames of an arena. A free frame is a set bit; the bits are taken and given back with atomic instructions, so
/// that no lock is held by puts and gets. A frame is fresh (never touched), resident, or absent (its memory was given back).
/// </summary>
/// <remarks>
/// Neighbouring indexes of an object should lie in neighbouring frames, since copying pages in sequence is several times as
/// fast as at random. Hence the hint: the frame behind the previous index's. Without one a run of 16 free frames is preferred.
/// </remarks>
internal sealed class FrameAllocator
{
    /// <summary>The answer when there is no frame.</summary>
    public const uint None = uint.MaxValue;

    private const int RunFrames = 16;
    private const int ExtentFrames = 64;

    /// <summary>Frames of a huge page of the system: what goes back to it under one hold of the lock at most.</summary>
    public const int HugeFrames = (int)(ArenaLayout.HugePageBytes / ArenaLayout.PageBytes);

    /// <summary>Words of a bit for each of them.</summary>
    public const int HugeWords = HugeFrames / 64;

    private readonly Arena _arena;
    private readonly ArenaLayout _layout;
    private readonly Lock _grow = new();
    private readonly PagedTable _freeTable;
    private readonly PagedTable _summaryTable;
    private readonly PagedTable _absentTable;
    private readonly PagedTable _descriptorTable;
    private uint _extentFrames;
    private uint _fresh;
    private long _freeCount;
    private long _absentCount;
    private uint _absentHint;
    private uint _lastGrown;
    private bool _isSplit;

    public FrameAllocator(Arena arena)
    {
        _arena = arena;
        _layout = arena.Layout;
        _freeTable = new PagedTable(arena, _layout.FreeBits, sizeof(ulong));
        _summaryTable = new PagedTable(arena, _layout.FreeSummary, sizeof(ulong));
        _absentTable = new PagedTable(arena, _layout.AbsentBits, sizeof(ulong));
        _descriptorTable = new PagedTable(
            arena, _layout.Descriptors, ArenaLayout.DescriptorBytes, arena.UsesHugeMetadata ? _layout.PackedDescriptors : 0);
        _extentFrames = arena.UsesHugePages
            ? HugeFrames
            : Math.Clamp(_layout.Frames / ((uint)_layout.Shards * 64), 1, ExtentFrames);
        Hints = new FrameHints(arena);
        arena.Frames = this;
    }

    /// <summary>Where pages are likely to lie.</summary>
    public FrameHints Hints { get; }

    /// <summary>Frames that could be taken at once.</summary>
    public long FreeCount => Volatile.Read(ref _freeCount);

    /// <summary>Whether there is no frame to be had just now.</summary>
    public bool IsExhausted => FreeCount <= 0
        && (_arena.Budget.AvailableBytes < ArenaLayout.PageBytes || (Fresh == _layout.Frames && Volatile.Read(ref _absentCount) == 0));

    /// <summary>Frames whose memory is committed, in use or not.</summary>
    public long ResidentCount => Volatile.Read(ref _fresh) - Volatile.Read(ref _absentCount);

    /// <summary>Frames below this number have been touched at some time.</summary>
    public uint Fresh => Volatile.Read(ref _fresh);

    /// <summary>Bytes committed for the tables of frames and descriptors.</summary>
    public long TableBytes => _freeTable.CommittedBytes
        + _summaryTable.CommittedBytes
        + _absentTable.CommittedBytes
        + _descriptorTable.CommittedBytes
        + Hints.CommittedBytes;

    public bool IsFree(uint frame) => (Volatile.Read(ref FreeWord(frame >> 6)) & (1UL << (int)(frame & 63))) != 0;

    /// <summary>Whether a search would look at the frame's word.</summary>
    public bool IsInSummary(uint frame) => (Volatile.Read(ref SummaryWord(frame >> 12)) & (1UL << (int)((frame >> 6) & 63))) != 0;

    /// <summary>
    /// Whether the system has likely just made the frame's memory, zeros that are still in the caches: it is of the last stretch that
    /// came, at most a huge page. A guess, without a lock.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNew(uint frame) => frame - Volatile.Read(ref _lastGrown) < HugeFrames;

    public bool IsAbsent(uint frame) => (AbsentWord(frame >> 6) & (1UL << (int)(frame & 63))) != 0;

    /// <summary>Takes a frame, next to <paramref name="hint"/> if that one is free; <see cref="None"/> when memory is short.</summary>
    /// <param name="hint">The frame wanted most, or <see cref="None"/>.</param>
    /// <param name="cursor">Where the caller's last search ended; kept by the caller, so that callers do not meet.</param>
    public uint Take(uint hint, ref uint cursor)
    {
        if (_arena.Budget.IsFaulted)
        {
            return None;
        }

        if (hint < Fresh && IsFree(hint) && TryClear(hint))
        {
            return hint;
        }

        while (true)
        {
            uint frame = FreeCount > 0 ? Search(ref cursor) : None;
            if (frame != None)
            {
                return frame;
            }

            if (IsExhausted || !TryGrow(ref cursor))
            {
                return None;
            }
        }
    }

    /// <summary>Gives a frame back.</summary>
    public void Release(uint frame)
    {
        SetFree(frame);
        Interlocked.Increment(ref _freeCount);
    }

    /// <summary>Gives frames back, neighbours together.</summary>
    public void Release(ReadOnlySpan<uint> frames)
    {
        ulong bits = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            bits |= 1UL << (int)(frames[i] & 63);
            uint word = frames[i] >> 6;
            if (i + 1 == frames.Length || frames[i + 1] >> 6 != word)
            {
                SetFree(word, bits);
                bits = 0;
            }
        }

        Interlocked.Add(ref _freeCount, frames.Length);
    }

    /// <summary>Returns the memory of up to <paramref name="count"/> free frames to the system and to the budget.</summary>
    /// <returns>How many frames were given up.</returns>
    public int Shed(int count)
    {
        int shed = 0;
        uint words = (Fresh + 63) / 64;
        for (uint summary = (words + 63) / 64; summary-- > 0 && shed < count && FreeCount > 0;)
        {
            for (ulong candidates = Volatile.Read(ref SummaryWord(summary)); candidates != 0 && shed < count;)
            {
                int first = (63 - BitOperations.LeadingZeroCount(candidates)) & -HugeWords;
                candidates &= (1UL << first) - 1;

                // One huge page at a time: whoever needs a frame meanwhile waits for the return of that at most.
                lock (_grow)
                {
                    shed += ShedFree((summary * 64) + (uint)first, count - shed);
                }
            }
        }

        return shed;
    }

    /// <summary>Returns the memory of a frame that the caller has taken to the system and to the budget.</summary>
    public void Shed(uint frame)
    {
        Span<ulong> taken = stackalloc ulong[HugeWords];
        taken.Clear();
        taken[(int)(frame % HugeFrames / 64)] = 1UL << (int)(frame & 63);
        Shed(frame / HugeFrames, taken);
    }

    /// <summary>Returns the memory of frames that the caller has taken to the system and to the budget, neighbours by one call.</summary>
    /// <param name="huge">The huge page that they are of.</param>
    /// <param name="taken">A bit for each of its frames.</param>
    public void Shed(uint huge, ReadOnlySpan<ulong> taken)
    {
        lock (_grow)
        {
            GiveUp(huge * HugeWords, taken);
        }
    }

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        _freeTable.PassOn(state);
        _summaryTable.PassOn(state);
        _absentTable.PassOn(state);
        _descriptorTable.PassOn(state);
        state.Pass(ref _extentFrames);
        state.Pass(ref _fresh);
        state.Pass(ref _freeCount);
        state.Pass(ref _absentCount);
        state.Pass(ref _absentHint);
        state.Pass(ref _isSplit);
        Hints.PassOn(state);
    }

    /// <summary>Which of 64 frames have gone back to the system; a look without a lock.</summary>
    public ulong AbsentBits(uint word) => Volatile.Read(ref AbsentWord(word));

    /// <summary>Takes free frames of a huge page, the last first, and gives them up.</summary>
    private int ShedFree(uint firstWord, int most)
    {
        int count = 0;
        Span<ulong> taken = stackalloc ulong[HugeWords];
        taken.Clear();
        for (int word = HugeWords - 1; word >= 0; word--)
        {
            ulong bits = Volatile.Read(ref FreeWord(firstWord + (uint)word));
            while (bits != 0 && count < most)
            {
                int bit = 63 - BitOperations.LeadingZeroCount(bits);
                bits &= ~(1UL << bit);
                if (TryClear(((firstWord + (uint)word) * 64) + (uint)bit))
                {
                    taken[word] |= 1UL << bit;
                    count++;
                }
            }
        }

        GiveUp(firstWord, taken);
        return count;
    }

    /// <summary>Gives up frames of one huge page that have been taken; under the lock.</summary>
    private void GiveUp(uint firstWord, ReadOnlySpan<ulong> taken)
    {
        int count = BitRuns.Count(taken);
        if (count == 0)
        {
            return;
        }

        if (_arena.UsesHugePages && !_isSplit)
        {
            // The system would join returned frames with their neighbours into huge pages again, and refill them.
            _isSplit = true;
            _extentFrames = ExtentFrames;
            _arena.AdviseSmall(_layout.FrameData, _layout.TotalBytes - _layout.FrameData);
        }

        Span<ulong> gone = stackalloc ulong[HugeWords];
        bool isFirst = true;
        for (int i = 0; i < HugeWords; i++)
        {
            ulong absent = AbsentWord(firstWord + (uint)i);
            isFirst &= absent == 0;
            gone[i] = absent | taken[i];
        }

        ReturnRuns(firstWord, taken, gone, isToSplit: isFirst && count < HugeFrames && _arena.UsesHugePages);
        for (int i = 0; i < HugeWords; i++)
        {
            if (taken[i] != 0)
            {
                AbsentWord(firstWord + (uint)i) |= taken[i];
                _absentHint = Math.Min(_absentHint, firstWord + (uint)i);
            }
        }

        Volatile.Write(ref _absentCount, _absentCount + count);
        _arena.Budget.Release((long)count * ArenaLayout.PageBytes);
    }

    /// <summary>Returns the memory of taken frames; what lies between two of them and is gone already is returned once more, which costs nothing.</summary>
    private void ReturnRuns(uint firstWord, ReadOnlySpan<ulong> taken, ReadOnlySpan<ulong> gone, bool isToSplit)
    {
        for (int at = 0; BitRuns.TryFind(gone, ref at, out int length); at += length)
        {
            if (!BitRuns.HasAny(taken, at, length))
            {
                continue;
            }

            long offset = _layout.FrameData + (((firstWord * 64L) + at) * ArenaLayout.PageBytes);
            if (isToSplit)
            {
                // The system keeps a huge page whole, parts that were returned and all, until it is short of memory itself.
                _arena.Split(offset);
                isToSplit = false;
            }

            _arena.Return(offset, (long)length * ArenaLayout.PageBytes);
        }
    }

    private uint Search(ref uint cursor)
    {
        uint words = (Fresh + 63) >> 6;
        uint summaries = (words + 63) >> 6;
        uint start = cursor < words ? cursor : 0;
        for (uint i = 0; i <= summaries; i++)
        {
            uint summary = ((start >> 6) + i) % summaries;
            ulong candidates = Volatile.Read(ref SummaryWord(summary));
            if (i == 0)
            {
                candidates &= ulong.MaxValue << (int)(start & 63);
            }

            for (; candidates != 0; candidates &= candidates - 1)
            {
                uint word = (summary * 64) + (uint)BitOperations.TrailingZeroCount(candidates);
                uint frame = TakeFrom(word);
                if (frame != None)
                {
                    cursor = word;
                    return frame;
                }
            }
        }

        return None;
    }

    private uint TakeFrom(uint word)
    {
        while (true)
        {
            ulong bits = Volatile.Read(ref FreeWord(word));
            if (bits == 0)
            {
                ClearSummary(word);
                return None;
            }

            uint frame = (word * 64) + (uint)PreferredBit(bits);
            if (TryClear(frame))
            {
                return frame;
            }
        }
    }

    /// <summary>The first bit of a wholly free, aligned run if there is one, else the lowest free bit.</summary>
    private static int PreferredBit(ulong bits)
    {
        for (int run = 0; run < 64; run += RunFrames)
        {
            if (((bits >> run) & 0xffff) == 0xffff)
            {
                return run;
            }
        }

        return BitOperations.TrailingZeroCount(bits);
    }

    private bool TryGrow(ref uint cursor)
    {
        lock (_grow)
        {
            if (FreeCount > 0)
            {
                return true;
            }

            return TryRevive(ref cursor) || TryExtend(ref cursor);
        }
    }

    private bool TryExtend(ref uint cursor)
    {
        long affordable = Math.Min(_layout.Frames - _fresh, _arena.Budget.AvailableBytes / ArenaLayout.PageBytes);
        for (uint frames = _extentFrames; frames > 0 && affordable > 0; frames /= 2)
        {
            if (TryExtend(frames, ref cursor))
            {
                return true;
            }

            if (frames == HugeFrames && Fresh < _layout.Frames)
            {
                long offset = _layout.FrameData + ((long)Fresh * ArenaLayout.PageBytes);
                _arena.AdviseSmall(offset, _layout.TotalBytes - offset);
                _extentFrames = ExtentFrames;
            }
        }

        return false;
    }

    private bool TryExtend(uint frames, ref uint cursor)
    {
        uint first = _fresh;
        frames = Math.Min(frames, _layout.Frames - first);
        uint words = (first + frames + 63) / 64;
        if (frames == 0
            || !_freeTable.TryReach(words)
            || !_summaryTable.TryReach((words + 63) / 64)
            || !_absentTable.TryReach(words)
            || !_descriptorTable.TryReach(first + frames)
            || !_arena.Budget.TryCommit((long)frames * ArenaLayout.PageBytes))
        {
            return false;
        }

        Hints.Reach(first + frames);
        Volatile.Write(ref _lastGrown, first);
        Volatile.Write(ref _fresh, first + frames);
        for (uint frame = first; frame < first + frames; frame++)
        {
            SetFree(frame);
        }

        Interlocked.Add(ref _freeCount, frames);
        cursor = first >> 6;
        return true;
    }

    private bool TryRevive(ref uint cursor)
    {
        if (_absentCount == 0 || !_arena.Budget.TryCommit(ArenaLayout.PageBytes))
        {
            return false;
        }

        uint word = _absentHint;
        while (AbsentWord(word) == 0)
        {
            word++;
        }

        _absentHint = word;

        uint frame = (word * 64) + (uint)BitOperations.TrailingZeroCount(AbsentWord(word));
        AbsentWord(word) &= AbsentWord(word) - 1;
        Volatile.Write(ref _absentCount, _absentCount - 1);
        Volatile.Write(ref _lastGrown, frame);
        SetFree(frame);
        Interlocked.Increment(ref _freeCount);
        cursor = word;
        return true;
    }

    private bool TryClear(uint frame)
    {
        ulong bit = 1UL << (int)(frame & 63);
        if ((Interlocked.And(ref FreeWord(frame >> 6), ~bit) & bit) == 0)
        {
            return false;
        }

        Interlocked.Decrement(ref _freeCount);
        return true;
    }

    private void SetFree(uint frame) => SetFree(frame >> 6, 1UL << (int)(frame & 63));

    private void SetFree(uint word, ulong bits)
    {
        Interlocked.Or(ref FreeWord(word), bits);
        ref ulong summary = ref SummaryWord(word >> 6);
        ulong bit = 1UL << (int)(word & 63);
        if ((Volatile.Read(ref summary) & bit) == 0)
        {
            Interlocked.Or(ref summary, bit);
        }
    }

    private void ClearSummary(uint word)
    {
        ref ulong summary = ref SummaryWord(word >> 6);
        ulong bit = 1UL << (int)(word & 63);
        Interlocked.And(ref summary, ~bit);
        if (Volatile.Read(ref FreeWord(word)) != 0)
        {
            Interlocked.Or(ref summary, bit);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong FreeWord(uint word) => ref _arena.At<ulong>(_layout.FreeBits + ((long)word * sizeof(ulong)));

    private ref ulong SummaryWord(uint word) => ref _arena.At<ulong>(_layout.FreeSummary + ((long)word * sizeof(ulong)));

    private ref ulong AbsentWord(uint word) => ref _arena.At<ulong>(_layout.AbsentBits + ((long)word * sizeof(ulong)));
}
