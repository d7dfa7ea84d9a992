using TmemCore.Reclaim;

namespace TmemCore.Tool.Simulation;

/// <summary>
/// The memory of a guest in front of the pools: so many pages, the one used longest ago goes. Only what it does not have is
/// asked of the pools, and only what goes is put there. It does the same whatever the pools do.
/// </summary>
internal sealed class GuestCache(int pages)
{
    private readonly KeyTable _table = new(pages);
    private readonly LeastRecentlyUsed _order = new(pages);
    private readonly long[] _nextGets = new long[pages];
    private int _used;

    /// <summary>Uses a page that is there.</summary>
    public bool TryUse(ulong block)
    {
        int slot = _table.Find(block);
        if (slot < 0)
        {
            return false;
        }

        _order.Use(slot);
        return true;
    }

    /// <summary>A page comes in that was not there.</summary>
    /// <param name="block">The page.</param>
    /// <param name="nextGet">When it will be missing here next.</param>
    /// <param name="evicted">The page that made room.</param>
    /// <param name="evictedNextGet">When that one will be missing.</param>
    /// <returns>Whether a page made room.</returns>
    public bool Enter(ulong block, long nextGet, out ulong evicted, out long evictedNextGet)
    {
        bool isFull = _used == _nextGets.Length;
        int slot = isFull ? _order.Choose() : _used++;
        (evicted, evictedNextGet) = (0, 0);
        if (isFull)
        {
            (evicted, evictedNextGet) = (_table.KeyOf(slot), _nextGets[slot]);
            _order.Remove(slot, evicted, PageDeparture.Evicted);
            _table.Remove(slot);
        }

        _nextGets[slot] = nextGet;
        _table.Add(block, slot);
        _order.Add(slot, recalled: 0);
        return isFull;
    }
}
