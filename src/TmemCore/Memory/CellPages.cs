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

    /// <summary>Pages that heaps hold now.</summary>
    public int UsedCount => Volatile.Read(ref _used);

    /// <summary>Bytes committed for the bits that mark released pages.</summary>
    public long TableBytes => _bits.CommittedBytes;

    /// <summary>Takes a page with undefined content; 0 when memory is short.</summary>
    public uint Take()
    {
        lock (_lock)
        {
            bool isFull = _used + 1 >= arena.Layout.CellPages;
            if (isFull || !_bits.TryReach((_fresh >> 6) + 1) || !arena.TryCommitMetadata(ArenaLayout.PageBytes))
            {
                return 0;
            }

            uint page = TakeReleased();
            _used++;
            return page != 0 ? page : _fresh++;
        }
    }

    /// <summary>Gives a page back.</summary>
    public void Release(uint page)
    {
        lock (_lock)
        {
            arena.ReleaseMetadata(PageOffset(page), ArenaLayout.PageBytes);
            Word(page >> 6) |= 1UL << (int)(page & 63);
            _hint = Math.Min(_hint, page >> 6);
            _used--;
        }
    }

    private uint TakeReleased()
    {
        for (uint words = (_fresh >> 6) + 1; _hint < words; _hint++)
        {
            ref ulong bits = ref Word(_hint);
            if (bits != 0)
            {
                uint page = (_hint * 64) + (uint)BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                return page;
            }
        }

        return 0;
    }

    private long PageOffset(uint page) => arena.Layout.Cells + ((long)page * ArenaLayout.PageBytes);

    private ref ulong Word(uint word) => ref arena.At<ulong>(arena.Layout.CellPageBits + ((long)word * sizeof(ulong)));
}
