using TmemCore.Reclaim;

namespace TmemCore.Tests.Reclaim;

/// <summary>So many pages without content, of which a chooser says who goes.</summary>
internal sealed class ChosenPages(int pages, IPageChooser chooser)
{
    private readonly Dictionary<ulong, int> _slots = [];
    private readonly Stack<int> _free = new(Enumerable.Range(0, pages).Reverse());

    public IReadOnlyCollection<ulong> Keys => _slots.Keys;

    /// <summary>A get that leaves the page, and a put when it is not there.</summary>
    public bool Request(ulong key)
    {
        if (_slots.TryGetValue(key, out int slot))
        {
            chooser.Use(slot);
            return true;
        }

        chooser.Miss(key);
        Put(key);
        return false;
    }

    /// <summary>A get that takes the page out.</summary>
    public bool Take(ulong key)
    {
        if (!_slots.ContainsKey(key))
        {
            chooser.Miss(key);
            return false;
        }

        Remove(key, PageDeparture.Taken);
        return true;
    }

    public void Put(ulong key)
    {
        if (_slots.ContainsKey(key))
        {
            return;
        }

        byte recalled = chooser.Recall(key);
        if (_free.Count == 0)
        {
            int victim = chooser.Choose();
            Remove(_slots.Single(page => page.Value == victim).Key, PageDeparture.Evicted);
        }

        int slot = _free.Pop();
        _slots.Add(key, slot);
        chooser.Add(slot, recalled);
    }

    public void Flush(ulong key) => Remove(key, PageDeparture.Flushed);

    private void Remove(ulong key, PageDeparture departure)
    {
        chooser.Remove(_slots[key], key, departure);
        _free.Push(_slots[key]);
        _slots.Remove(key);
    }
}
