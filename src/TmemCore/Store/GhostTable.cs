using System.Numerics;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// Pages that have left a shard lately, by hash alone: a slot for each frame of the shard's share, in which whoever comes last is
/// noted. A page that was never here is taken for one that was about once in 65,536 times; a ghost may be forgotten early when another falls on its slot.
/// Wants the shard's lock.
/// </summary>
/// <remarks>Four bytes a slot, committed for the first pool that wants it; without memory for it nothing is remembered.</remarks>
internal sealed class GhostTable
{
    /// <summary>A stamp counts notes in steps, so that the 65,536 it can tell cover four times as many notes as there are slots.</summary>
    private const int StampsPerTable = 1 << 14;

    private readonly Arena _arena;
    private readonly long _offset;
    private readonly uint _slots;
    private readonly int _stepShift;
    private readonly PagedTable _table;

    public GhostTable(Arena arena, int shard)
    {
        ArenaLayout layout = arena.Layout;
        _arena = arena;
        _offset = layout.Ghosts + (layout.GhostsStride * shard);
        _slots = layout.GhostSlots;
        _stepShift = Math.Max(BitOperations.Log2(_slots / StampsPerTable), 0);
        _table = new PagedTable(arena, _offset, sizeof(uint));
    }

    /// <summary>Pages that can be noted at the same time.</summary>
    public uint Slots => _slots;

    /// <summary>Bytes committed.</summary>
    public long CommittedBytes => _table.CommittedBytes;

    /// <summary>Makes room for notes, if there is memory for it.</summary>
    public void Reach() => _table.TryReach(_slots);

    /// <summary>Notes a page.</summary>
    /// <param name="hash">Its object's hash.</param>
    /// <param name="index">Its index.</param>
    /// <param name="now">Notes of its pool so far, this one included.</param>
    public void Note(ulong hash, uint index, uint now)
    {
        if (_table.CommittedBytes == 0)
        {
            return;
        }

        ulong key = KeyOf(hash, index);
        Slot(key) = TagOf(key) | (ushort)(now >> _stepShift);
    }

    /// <summary>Whether a page was noted among the last notes of its pool.</summary>
    /// <param name="hash">Its object's hash.</param>
    /// <param name="index">Its index.</param>
    /// <param name="now">Notes of its pool so far.</param>
    /// <param name="last">How many of them count.</param>
    public bool Contains(ulong hash, uint index, uint now, uint last)
    {
        if (_table.CommittedBytes == 0)
        {
            return false;
        }

        ulong key = KeyOf(hash, index);
        uint slot = Slot(key);
        uint steps = (ushort)((now >> _stepShift) - (ushort)slot);
        return slot != 0 && ((slot ^ TagOf(key)) >> 16) == 0 && ((ulong)steps << _stepShift) <= last;
    }

    private static ulong KeyOf(ulong hash, uint index)
    {
        ulong high = Math.BigMul(hash ^ index, 0x9E37_79B9_7F4A_7C15UL + (2 * (ulong)index), out ulong low);
        return high ^ low;
    }

    private static uint TagOf(ulong key) => (uint)(key >> 48) << 16;

    private ref uint Slot(ulong key) => ref _arena.At<uint>(_offset + ((long)((uint)key & (_slots - 1)) * sizeof(uint)));
}
