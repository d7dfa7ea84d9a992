namespace TmemCore.Tool.Simulation;

/// <summary>For each page asked of the pools, when it is asked for again: found out in a pass over the trace before the simulation.</summary>
/// <remarks>4 bytes a request, and about 30 for each different page while it is found out.</remarks>
internal sealed class NextGets
{
    private const int ChunkBits = 20;

    private readonly List<uint[]> _chunks = [];
    private long _count;

    private NextGets()
    {
    }

    /// <summary>Reads a trace through a guest's cache.</summary>
    /// <param name="trace">The trace, at its begin.</param>
    /// <param name="guestPages">The pages of the guest's cache, 0 for none.</param>
    /// <param name="cancellation">Ends it early; what has not been read is as if it were not wanted.</param>
    public static NextGets Find(BlockTrace trace, int guestPages, CancellationToken cancellation)
    {
        var gets = new NextGets();
        var last = new Dictionary<ulong, long>();
        GuestCache? guest = guestPages == 0 ? null : new GuestCache(guestPages);
        while (trace.TryRead(out BlockAccess access) && !cancellation.IsCancellationRequested)
        {
            if (guest is not null && guest.TryUse(access.Block))
            {
                continue;
            }

            gets.Append();
            ref long before = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(last, access.Block, out bool isKnown);
            if (isKnown)
            {
                gets.SetDistance(before, gets._count - 1 - before);
            }

            before = gets._count - 1;
            _ = guest?.Enter(access.Block, 0, out _, out _);
        }

        return gets;
    }

    /// <summary>The number of the get that asks again for the page of a get; <see cref="BlockAccess.Never"/> when none does.</summary>
    public long Of(long get)
    {
        uint distance = get < _count ? _chunks[(int)(get >> ChunkBits)][get & ((1 << ChunkBits) - 1)] : 0;
        return distance == 0 ? BlockAccess.Never : get + distance;
    }

    private void Append()
    {
        if (_count >> ChunkBits == _chunks.Count)
        {
            _chunks.Add(new uint[1 << ChunkBits]);
        }

        _count++;
    }

    /// <summary>A distance beyond 32 bits is as good as for ever.</summary>
    private void SetDistance(long get, long distance) =>
        _chunks[(int)(get >> ChunkBits)][get & ((1 << ChunkBits) - 1)] = distance > uint.MaxValue ? 0 : (uint)distance;
}
