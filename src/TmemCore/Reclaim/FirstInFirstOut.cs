namespace TmemCore.Reclaim;

/// <summary>The page goes that was put longest ago, found or not. 8 bytes a page.</summary>
internal sealed class FirstInFirstOut(int pages) : IPageChooser
{
    private readonly SlotQueue _queue = new(SlotQueue.LinksFor(pages, queues: 1), number: 0, pages);

    public void Miss(ulong key)
    {
    }

    public byte Recall(ulong key) => 0;

    public void Add(int slot, byte recalled) => _queue.Add(slot);

    public void Use(int slot)
    {
    }

    public int Choose() => _queue.Oldest;

    public void Remove(int slot, ulong key, PageDeparture departure) => _queue.Remove(slot);
}
