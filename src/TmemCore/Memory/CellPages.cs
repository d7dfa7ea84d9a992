using System.Numerics;

namespace TmemCore.Memory;

/// <summary>
/// The pages that metadata cells are cut from. Any heap may take one; a page that no heap needs goes back to the system.
/// Thread-safe.
/// </summary>
internal sealed class CellPages(Arena arena)
{
    private readonly Lock _lock = new();
    private readonly PagedTable _bits = new(arena, arena.Layout.CellPageBits, sizeof(ulong));
    private uint _fresh = 1; // Page 0 is never used, so that cell 0 can mean "none".
    private uint _hint;
    private int _used;
    private int _kept;
    private uint _firstKept;
    private uint _committedEnd = 1;
    private bool _isSmall = !arena.UsesHugeMetadata;

    /// <summary>Free pages whose memory is kept, so that a heap at the edge costs no call of the system: one in so many.</summary>
    private const int KeptShare = 32;

    private const int KeptAtLeast = 8;

    private const int HugeStepPages = (int)(ArenaLayout.HugePageBytes / ArenaLayout.PageBytes);

    /// <summary>Pages that are committed: heaps hold them, or they are kept for the next heap.</summary>
    public long CommittedCount
    {
        get
        {
            lock (_lock)
            {
                return _used + _kept + (_committedEnd - (long)_fresh);
            }
        }
    }

    /// <summary>Bytes committed for the bits that mark released pages.</summary>
    public long TableBytes => _bits.CommittedBytes;

    /// <summary>Takes a page with undefined content; 0 when memory is short.</summary>
    public uint Take()
    {
        lock (_lock)
        {
            uint page = TakeKept();
            if (page == 0 && (_used + 1 >= arena.Layout.CellPages || !TryExtend(out page)))
            {
                return 0;
            }

            _used++;
            return page;
        }
    }

    /// <summary>Gives a page back.</summary>
    public void Release(uint page)
    {
        lock (_lock)
        {
            _used--;
            if (_kept < Math.Max(KeptAtLeast, _used / KeptShare))
            {
                Kept(page) = _firstKept;
                _firstKept = page;
                _kept++;
            }
            else
            {
                ReturnToSystem(page);
            }
        }
    }

    /// <summary>Gives the pages that are kept back to the system.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            for (uint page = TakeKept(); page != 0; page = TakeKept())
            {
                ReturnToSystem(page);
            }
        }
    }

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        _bits.PassOn(state);
        state.Pass(ref _fresh);
        state.Pass(ref _hint);
        state.Pass(ref _used);
        state.Pass(ref _kept);
        state.Pass(ref _firstKept);
        state.Pass(ref _committedEnd);
        state.Pass(ref _isSmall);
    }

    /// <summary>A page that was never used, or was given back to the system.</summary>
    private bool TryExtend(out uint page)
    {
        page = 0;
        if (_fresh < _committedEnd)
        {
            page = _fresh++;
            return true;
        }

        if (!_bits.TryReach((_fresh + HugeStepPages) / 64))
        {
            return false;
        }

        page = PeekReleased();
        if (page != 0)
        {
            bool isCommitted = arena.TryCommitMetadata(ArenaLayout.PageBytes);
            Word(page >> 6) &= isCommitted ? ~(1UL << (int)(page & 63)) : ulong.MaxValue;
            return isCommitted;
        }

        if (!TryCommitFresh())
        {
            return false;
        }

        page = _fresh++;
        return true;
    }

    private bool TryCommitFresh()
    {
        uint border = (_fresh + HugeStepPages) / HugeStepPages * HugeStepPages;
        uint end = Math.Min(border, arena.Layout.CellPages);
        if (!_isSmall && !arena.TryCommitMetadata((end - (long)_fresh) * ArenaLayout.PageBytes))
        {
            _isSmall = true;
            arena.AdviseSmall(PageOffset(_fresh), arena.Layout.Descriptors - PageOffset(_fresh));
        }

        if (_isSmall)
        {
            end = _fresh + 1;
            if (!arena.TryCommitMetadata(ArenaLayout.PageBytes))
            {
                return false;
            }
        }

        _committedEnd = end;
        return true;
    }

    private uint TakeKept()
    {
        uint page = _firstKept;
        if (page != 0)
        {
            _firstKept = Kept(page);
            _kept--;
        }

        return page;
    }

    private void ReturnToSystem(uint page)
    {
        arena.ReleaseMetadata(PageOffset(page), ArenaLayout.PageBytes);
        Word(page >> 6) |= 1UL << (int)(page & 63);
        _hint = Math.Min(_hint, page >> 6);
    }

    /// <summary>The next kept page, noted in the page itself.</summary>
    private ref uint Kept(uint page) => ref arena.At<uint>(PageOffset(page));

    private uint PeekReleased()
    {
        for (uint words = (_fresh >> 6) + 1; _hint < words; _hint++)
        {
            if (Word(_hint) != 0)
            {
                return (_hint * 64) + (uint)BitOperations.TrailingZeroCount(Word(_hint));
            }
        }

        return 0;
    }

    private long PageOffset(uint page) => arena.Layout.Cells + ((long)page * ArenaLayout.PageBytes);

    private ref ulong Word(uint word) => ref arena.At<ulong>(arena.Layout.CellPageBits + ((long)word * sizeof(ulong)));
}
