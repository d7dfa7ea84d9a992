using System.Runtime.CompilerServices;

namespace TmemCore.Reclaim;

/// <summary>Slots in the order in which they came: in at one end, out anywhere. Several queues may share a set of links.</summary>
/// <remarks>Each queue is a ring that is closed by a link of its own behind those of the slots. 8 bytes a slot.</remarks>
internal sealed class SlotQueue
{
    private readonly Link[] _links;
    private readonly int _end;

    /// <summary>Makes an empty queue.</summary>
    /// <param name="links">From <see cref="LinksFor"/>; a slot is in one of the queues that share them at most.</param>
    /// <param name="number">Which of those queues it is, from 0.</param>
    /// <param name="slots">How many slots there are.</param>
    public SlotQueue(Link[] links, int number, int slots)
    {
        _links = links;
        _end = slots + number;
        _links[_end] = new Link { Older = _end, Younger = _end };
    }

    /// <summary>Slots in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>The slot that has been in the queue longest; -1 when it is empty.</summary>
    public int Oldest => Count == 0 ? -1 : _links[_end].Younger;

    /// <summary>Links for queues over the same slots.</summary>
    public static Link[] LinksFor(int slots, int queues) => new Link[slots + queues];

    /// <summary>Adds a slot as the youngest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int slot)
    {
        Link[] links = _links;
        int youngest = links[_end].Older;
        links[slot] = new Link { Older = youngest, Younger = _end };
        links[youngest].Younger = slot;
        links[_end].Older = slot;
        Count++;
    }

    /// <summary>Takes a slot out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(int slot)
    {
        Link[] links = _links;
        Link link = links[slot];
        links[link.Older].Younger = link.Younger;
        links[link.Younger].Older = link.Older;
        Count--;
    }

    /// <summary>The neighbours of a slot in its queue.</summary>
    internal struct Link
    {
        /// <summary>The slot that came before.</summary>
        public int Older;

        /// <summary>The slot that came after.</summary>
        public int Younger;
    }
}
