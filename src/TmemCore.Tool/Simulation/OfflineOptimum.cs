using TmemCore.Reclaim;

namespace TmemCore.Tool.Simulation;

/// <summary>
/// The page goes that is wanted last, or never: no order that has to store every page that comes can miss less (Belady 1966).
/// 16 bytes a page, and 4 for each request where the trace does not say what is wanted next.
/// </summary>
internal sealed class OfflineOptimum(int pages, Foresight foresight) : IPageChooser
{
    private readonly long[] _nextGets = new long[pages];

    /// <summary>A heap of slots, the one wanted last on top.</summary>
    private readonly int[] _heap = new int[pages];
    private readonly int[] _places = new int[pages];
    private int _count;

    /// <inheritdoc/>
    public void Miss(ulong key)
    {
    }

    /// <inheritdoc/>
    public byte Recall(ulong key) => 0;

    /// <inheritdoc/>
    public void Add(int slot, byte recalled)
    {
        _nextGets[slot] = foresight.NextGet;
        Rise(_count++, slot);
    }

    /// <inheritdoc/>
    public void Use(int slot)
    {
        _nextGets[slot] = foresight.NextGet;
        Settle(_places[slot], slot);
    }

    /// <inheritdoc/>
    public int Choose() => _count == 0 ? -1 : _heap[0];

    /// <inheritdoc/>
    public void Remove(int slot, ulong key, PageDeparture departure)
    {
        int last = _heap[--_count];
        if (last != slot)
        {
            Settle(_places[slot], last);
        }
    }

    private void Settle(int place, int slot) => Sink(Rise(place, slot), slot);

    private int Rise(int place, int slot)
    {
        for (int parent; place > 0 && _nextGets[_heap[parent = (place - 1) / 2]] < _nextGets[slot]; place = parent)
        {
            Set(place, _heap[parent]);
        }

        Set(place, slot);
        return place;
    }

    private void Sink(int place, int slot)
    {
        for (int child; (child = (2 * place) + 1) < _count; place = child)
        {
            child += child + 1 < _count && _nextGets[_heap[child + 1]] > _nextGets[_heap[child]] ? 1 : 0;
            if (_nextGets[_heap[child]] <= _nextGets[slot])
            {
                break;
            }

            Set(place, _heap[child]);
        }

        Set(place, slot);
    }

    private void Set(int place, int slot)
    {
        _heap[place] = slot;
        _places[slot] = place;
    }
}
