namespace TmemCore.Reclaim;

/// <summary>The page goes that was put or found longest ago. 8 bytes a page.</summary>
internal sealed class LeastRecentlyUsed(int pages) : IPageChooser
{
    private readonly SlotQueue _queue = new(SlotQueue.LinksFor(pages, queues: 1), number: 0, pages);

    public void Miss(ulong key)
    {
    }

    public byte Recall(ulong key) => 0;

    public void Add(int slot, byte recalled) => _queue.Add(slot);

    /// <summary>Unlike that of other choosers it must be serialized with all other calls.</summary>
    public void Use(int slot)
    {
        _queue.Remove(slot);
        _queue.Add(slot);
    }

    public int Choose() => _queue.Oldest;

    public void Remove(int slot, ulong key, PageDeparture departure) => _queue.Remove(slot);
}
