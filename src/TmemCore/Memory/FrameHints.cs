using System.Numerics;
using System.Runtime.CompilerServices;

namespace TmemCore.Memory;

/// <summary>
/// Where pages are likely to lie: one frame number for each slot of a table that the hash of a handle leads to, and as many bits
/// of the hash as are left beside it. Before an operation looks a page up, it asks for a line of that frame, so that
/// the translation of its address, a miss of its own on virtual machines, is found beside the page and not after it.
/// </summary>
/// <remarks>
/// A wrong hint costs a useless line and no more: shards share slots, and whoever comes last has noted. Worth a seventh of a
/// random get or put over an existing page (see the log of experiments in <c>bench/NOTES.md</c>).
/// </remarks>
internal sealed class FrameHints(Arena arena)
{
    /// <summary>Smaller stores lie in the caches, translations and all.</summary>
    private const uint MinimumFrames = 16_384;

    private readonly PagedTable _table = new(
        arena, arena.Layout.Hints, sizeof(uint), arena.UsesHugeMetadata ? arena.Layout.FrameData : 0, clears: false);

    private readonly uint _frames = arena.Layout.Frames;
    private long _entries;
    private uint _mask;

    /// <summary>Bytes committed.</summary>
    public long CommittedBytes => _table.CommittedBytes;

    /// <summary>
    /// Has a slot or two for each frame that the host's capacity comes to, if memory is there; more only once more frames are in
    /// use, for half of what was noted before is not found any more then. Callers serialize.
    /// </summary>
    public void Reach(uint frames)
    {
        if (arena.Layout.Frames < MinimumFrames || frames <= _entries)
        {
            return;
        }

        long capacityFrames = Math.Min(arena.Budget.LimitBytes / ArenaLayout.PageBytes, arena.Layout.Frames);
        ulong entries = BitOperations.RoundUpToPowerOf2((ulong)Math.Max(frames, capacityFrames));
        if (_table.TryReach((long)entries))
        {
            _entries = (long)entries;
            Volatile.Write(ref _mask, (uint)(entries - 1));
        }
    }

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        _table.PassOn(state);
        state.Pass(ref _entries);
        state.Pass(ref _mask);
    }

    /// <summary>Asks for the slot of a page that will be looked up. Reads nothing, and wants no lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSlot(ulong hash, uint index) => arena.PrefetchAt(OffsetOf(((uint)hash + index) & _mask));

    /// <summary>Asks for a line of the frame that a page is likely to lie in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong hash, uint index)
    {
        if (TryGet(hash, index, out uint frame))
        {
            arena.PrefetchFrameEnd(frame);
        }
    }

    /// <summary>The frame that a page is likely to lie in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGet(ulong hash, uint index, out uint frame)
    {
        uint mask = _mask;
        uint key = (uint)hash + index;
        uint hint = mask == 0 ? 0 : arena.At<uint>(OffsetOf(key & mask));
        frame = hint & mask;
        return mask != 0 && ((hint ^ key) & ~mask) == 0;
    }

    /// <summary>Notes where a page lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(ulong hash, uint index, uint frame)
    {
        uint mask = _mask;
        if (frame > mask || frame >= _frames || mask == 0)
        {
            return;
        }

        uint key = (uint)hash + index;
        ref uint hint = ref arena.At<uint>(OffsetOf(key & mask));
        uint wanted = (key & ~mask) | frame;
        if (hint != wanted)
        {
            hint = wanted;
        }
    }

    private long OffsetOf(uint slot) => arena.Layout.Hints + ((long)slot * sizeof(uint));
}
