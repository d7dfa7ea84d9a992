using System.Runtime.CompilerServices;

namespace TmemCore.Reclaim;

/// <summary>Finds slots by key: open addressing in lines at most half full. 16 bytes a slot, allocated at once.</summary>
/// <remarks>Keys that others choose must be hashed with a secret beforehand: they can be picked so that all fall together.</remarks>
internal sealed class KeyTable
{
    private readonly ulong[] _keys;

    /// <summary>A slot and one; 0 stands for none.</summary>
    private readonly int[] _places;

    /// <summary>Makes an empty table.</summary>
    /// <param name="slots">Slots, from 0; at most 2^29.</param>
    public KeyTable(int slots)
    {
        _keys = new ulong[slots];
        _places = new int[Math.Max(slots, 1) * 2];
    }

    /// <summary>The key of a slot that is in the table.</summary>
    public ulong KeyOf(int slot) => _keys[slot];

    /// <summary>The slot of a key, or -1.</summary>
    public int Find(ulong key)
    {
        int[] places = _places;
        for (int place = HomeOf(key); places[place] != 0; place = Next(place))
        {
            int slot = places[place] - 1;
            if (_keys[slot] == key)
            {
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Enters a key that is not in the table.</summary>
    public void Add(ulong key, int slot)
    {
        int place = HomeOf(key);
        while (_places[place] != 0)
        {
            place = Next(place);
        }

        _keys[slot] = key;
        _places[place] = slot + 1;
    }

    /// <summary>Takes a slot out that is in the table, and closes the gap so that no search ends too early.</summary>
    public void Remove(int slot)
    {
        int gap = HomeOf(_keys[slot]);
        while (_places[gap] != slot + 1)
        {
            gap = Next(gap);
        }

        for (int place = Next(gap); _places[place] != 0; place = Next(place))
        {
            int home = HomeOf(_keys[_places[place] - 1]);
            if (Distance(home, place) >= Distance(gap, place))
            {
                _places[gap] = _places[place];
                gap = place;
            }
        }

        _places[gap] = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int HomeOf(ulong key)
    {
        key *= 0x9E3779B97F4A7C15;
        key ^= key >> 32;
        key *= 0xD6E8FEB86659FD93;
        return (int)Math.BigMul(key, (ulong)_places.Length, out _);
    }

    private int Next(int place) => place + 1 == _places.Length ? 0 : place + 1;

    private int Distance(int from, int to) => to >= from ? to - from : to - from + _places.Length;
}
