namespace TmemCore.Reclaim;

/// <summary>What is remembered of the last pages that left: so many keys, the one that came first is forgotten first.</summary>
/// <remarks>25 bytes a key, allocated at once.</remarks>
internal sealed class PageHistory
{
    private readonly KeyTable _table;
    private readonly SlotQueue _remembered;
    private readonly SlotQueue _free;
    private readonly byte[] _notes;

    /// <summary>Makes an empty history.</summary>
    /// <param name="length">Keys that it remembers; 0 or more.</param>
    public PageHistory(int length)
    {
        SlotQueue.Link[] links = SlotQueue.LinksFor(length, queues: 2);
        _table = new KeyTable(length);
        _remembered = new SlotQueue(links, number: 0, length);
        _free = new SlotQueue(links, number: 1, length);
        _notes = new byte[length];
    }

    /// <summary>Keys remembered now.</summary>
    public int Count => _remembered.Count;

    /// <summary>Remembers a key, as the youngest, and a note about it.</summary>
    public void Remember(ulong key, byte note)
    {
        if (_notes.Length == 0)
        {
            return;
        }

        _ = TryForget(key, out _);
        int slot = _free.Oldest;
        if (slot >= 0)
        {
            _free.Remove(slot);
        }
        else if (_remembered.Count < _notes.Length)
        {
            slot = _remembered.Count;
        }
        else
        {
            slot = _remembered.Oldest;
            _remembered.Remove(slot);
            _table.Remove(slot);
        }

        _notes[slot] = note;
        _table.Add(key, slot);
        _remembered.Add(slot);
    }

    /// <summary>Forgets a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="note">What was noted of it.</param>
    /// <returns>Whether it was remembered.</returns>
    public bool TryForget(ulong key, out byte note)
    {
        int slot = _table.Find(key);
        if (slot < 0)
        {
            note = 0;
            return false;
        }

        note = _notes[slot];
        _table.Remove(slot);
        _remembered.Remove(slot);
        _free.Add(slot);
        return true;
    }
}
