using System.Numerics;
using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// Pages that have left lately, by their object's hash and their name in it, as one hash: a slot or some for each frame, in which whoever comes last is noted. A page that was never here
/// is taken for one that was once in 65,536 times at most; a ghost is forgotten early when another one falls on its slot. Shards share
/// it without a lock: a slot is one word. The lock of any shard keeps it where it is.
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
    private readonly Lock _making = new();
    private bool _isThere;
    private bool _isDropped;

    public GhostTable(Arena arena)
    {
        ArenaLayout layout = arena.Layout;
        _arena = arena;
        _offset = layout.Ghosts;
        _slots = layout.GhostSlots;
        _stepShift = Math.Max(BitOperations.Log2(_slots / StampsPerTable), 0);

        // It is made under a shard's lock and never comes back once dropped: what is zero already need not be cleared.
        _table = new PagedTable(
            arena, _offset, sizeof(uint), arena.UsesHugeMetadata ? layout.Hints : 0, clears: !arena.IsZeroAtFirst);
    }

    /// <summary>Bytes committed.</summary>
    public long CommittedBytes => _table.CommittedBytes;

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        _table.PassOn(state);
        state.Pass(ref _isThere);
        state.Pass(ref _isDropped);
    }

    /// <summary>Makes room for notes, if there is memory for it.</summary>
    public void Reach()
    {
        if (!Volatile.Read(ref _isThere))
        {
            lock (_making)
            {
                Volatile.Write(ref _isThere, !_isDropped && _table.TryReach(_slots));
            }
        }
    }

    /// <summary>Forgets all and gives the memory back, for good: it is wanted more elsewhere. All shards' locks are held.</summary>
    /// <returns>Whether there was any.</returns>
    public bool TryDrop()
    {
        if (!_isThere)
        {
            return false;
        }

        _isThere = false;
        _isDropped = true;
        _table.Shorten(0);
        return true;
    }

    /// <summary>
    /// A page's name in its object: the index, or, of an entry with a tag, the tag, beyond all indexes. Names that differ are mixed with the hash by
    /// different factors, so that no two of an object fall together more often than those of strangers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NameOf(uint index, byte tag) => tag == 0 ? index : (1UL << 32) | tag;

    /// <summary>Asks for the slot of a page that will be looked up. Reads nothing, and wants no lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash, ulong name) => _arena.PrefetchAt(OffsetOf(KeyOf(hash, name)));

    /// <summary>Notes a page.</summary>
    /// <param name="hash">Its object's hash.</param>
    /// <param name="name">Its <see cref="NameOf"/>.</param>
    /// <param name="now">Notes of its pool so far, this one included.</param>
    public void Note(ulong hash, ulong name, uint now)
    {
        if (!Volatile.Read(ref _isThere))
        {
            return;
        }

        ulong key = KeyOf(hash, name);
        Volatile.Write(ref Slot(key), TagOf(key) | (ushort)(now >> _stepShift));
    }

    /// <summary>Whether a page was noted among the last notes of its pool.</summary>
    /// <param name="hash">Its object's hash.</param>
    /// <param name="name">Its <see cref="NameOf"/>.</param>
    /// <param name="now">Notes of its pool so far.</param>
    /// <param name="last">How many of them count.</param>
    public bool Contains(ulong hash, ulong name, uint now, uint last)
    {
        if (!Volatile.Read(ref _isThere))
        {
            return false;
        }

        ulong key = KeyOf(hash, name);
        uint slot = Volatile.Read(ref Slot(key));
        uint steps = (ushort)((now >> _stepShift) - (ushort)slot);
        return slot != 0 && ((slot ^ TagOf(key)) >> 16) == 0 && ((ulong)steps << _stepShift) <= last;
    }

    private static ulong KeyOf(ulong hash, ulong name)
    {
        ulong high = Math.BigMul(hash ^ name, 0x9E37_79B9_7F4A_7C15UL + (2 * name), out ulong low);
        return high ^ low;
    }

    private static uint TagOf(ulong key) => (uint)(key >> 48) << 16;

    private ref uint Slot(ulong key) => ref _arena.At<uint>(OffsetOf(key));

    private long OffsetOf(ulong key) => _offset + ((long)((uint)key & (_slots - 1)) * sizeof(uint));
}
