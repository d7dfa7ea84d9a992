using TmemCore.Reclaim;

namespace TmemCore.Tool.Simulation;

/// <summary>So many pages without content, of which a chooser says who goes. After it is made nothing is allocated.</summary>
internal sealed class PolicyPool : ISimulatedPool
{
    /// <summary>What a page costs besides its place in the chooser: its key, two places of the table, its place among the free.</summary>
    private const double TableBytesPerPage = 20;

    private readonly IPageChooser _chooser;
    private readonly bool _isExclusive;
    private readonly KeyTable _table;
    private readonly int[] _free;
    private readonly double _chooserBytesPerPage;
    private int _freeCount;
    private int _used;

    /// <summary>Makes an empty pool.</summary>
    /// <param name="policy">What decides.</param>
    /// <param name="pages">Pages that it holds.</param>
    /// <param name="isExclusive">Whether a get takes the page out.</param>
    /// <param name="foresight">What is told to the offline optimum before each call.</param>
    public PolicyPool(SimulatedPolicy policy, int pages, bool isExclusive, Foresight foresight)
    {
        Policy = policy.Name;
        Pages = pages;
        _isExclusive = isExclusive;
        _chooserBytesPerPage = policy.BytesPerPage;
        _chooser = policy.Create(pages, foresight);
        _table = new KeyTable(pages);
        _free = new int[pages];
    }

    /// <inheritdoc/>
    public string Policy { get; }

    /// <inheritdoc/>
    public int Pages { get; }

    /// <inheritdoc/>
    public long PagesMax => _used;

    /// <inheritdoc/>
    public double BytesPerPage => TableBytesPerPage + _chooserBytesPerPage;

    /// <inheritdoc/>
    public bool TryGet(ulong block)
    {
        int slot = _table.Find(block);
        if (slot < 0)
        {
            _chooser.Miss(block);
            return false;
        }

        if (_isExclusive)
        {
            Remove(slot, PageDeparture.Taken);
            _free[_freeCount++] = slot;
        }
        else
        {
            _chooser.Use(slot);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Put(ulong block)
    {
        if (_table.Find(block) >= 0)
        {
            return;
        }

        byte recalled = _chooser.Recall(block);
        int slot = FindRoom();
        _table.Add(block, slot);
        _chooser.Add(slot, recalled);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private int FindRoom()
    {
        if (_freeCount != 0)
        {
            return _free[--_freeCount];
        }

        if (_used < Pages)
        {
            return _used++;
        }

        int victim = _chooser.Choose();
        Remove(victim, PageDeparture.Evicted);
        return victim;
    }

    private void Remove(int slot, PageDeparture departure)
    {
        _chooser.Remove(slot, _table.KeyOf(slot), departure);
        _table.Remove(slot);
    }
}
