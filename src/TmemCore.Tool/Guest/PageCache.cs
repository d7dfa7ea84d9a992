namespace TmemCore.Tool.Guest;

/// <summary>
/// The guest's own memory: so many pages, the one used longest ago makes room for the next. Pages are known by number.
/// </summary>
internal sealed class PageCache
{
    private const int PagesPerChunk = 256;
    private const int None = -1;

    private readonly byte[]?[] _chunks;
    private readonly int[] _slotOf;
    private readonly int[] _pageOf;
    private readonly int[] _younger;
    private readonly int[] _older;
    private int _youngest = None;
    private int _oldest = None;
    private int _used;
    private int _spare = None;

    /// <summary>Makes an empty cache; its memory is taken as it fills.</summary>
    /// <param name="capacity">Pages that it holds.</param>
    /// <param name="pages">Pages that there are.</param>
    public PageCache(int capacity, int pages)
    {
        _chunks = new byte[]?[((capacity - 1) / PagesPerChunk) + 1];
        _slotOf = new int[pages];
        _pageOf = new int[capacity];
        _younger = new int[capacity];
        _older = new int[capacity];
        Array.Fill(_slotOf, None);
    }

    /// <summary>The bytes of a slot.</summary>
    /// <param name="slot">A slot given out by this cache.</param>
    public Span<byte> this[int slot] =>
        (_chunks[slot / PagesPerChunk] ??= new byte[PagesPerChunk * TmemPool.PageBytes])
        .AsSpan(slot % PagesPerChunk * TmemPool.PageBytes, TmemPool.PageBytes);

    /// <summary>Looks a page up; it is the youngest then.</summary>
    public bool TryFind(int page, out int slot)
    {
        slot = _slotOf[page];
        if (slot == None)
        {
            return false;
        }

        Unlink(slot);
        Link(slot);
        return true;
    }

    /// <summary>Finds a slot for a page that is to come, at the cost of the oldest page if need be.</summary>
    /// <param name="evicted">The page that has left, whose bytes are still in the slot; -1 for none.</param>
    /// <returns>The slot, to be given to <see cref="Enter"/> or <see cref="Abandon"/>.</returns>
    public int MakeRoom(out int evicted)
    {
        evicted = None;
        if (_spare != None)
        {
            int spare = _spare;
            _spare = None;
            return spare;
        }

        if (_used < _pageOf.Length)
        {
            return _used++;
        }

        int slot = _oldest;
        Unlink(slot);
        evicted = _pageOf[slot];
        _slotOf[evicted] = None;
        return slot;
    }

    /// <summary>A page is in a slot now, the youngest of all.</summary>
    public void Enter(int slot, int page)
    {
        _pageOf[slot] = page;
        _slotOf[page] = slot;
        Link(slot);
    }

    /// <summary>The page did not come; the slot is free for the next one.</summary>
    public void Abandon(int slot) => _spare = slot;

    private void Link(int slot)
    {
        _younger[slot] = None;
        _older[slot] = _youngest;
        if (_youngest != None)
        {
            _younger[_youngest] = slot;
        }

        _youngest = slot;
        _oldest = _oldest == None ? slot : _oldest;
    }

    private void Unlink(int slot)
    {
        (int younger, int older) = (_younger[slot], _older[slot]);
        if (younger == None)
        {
            _youngest = older;
        }
        else
        {
            _older[younger] = older;
        }

        if (older == None)
        {
            _oldest = younger;
        }
        else
        {
            _younger[older] = younger;
        }
    }
}
