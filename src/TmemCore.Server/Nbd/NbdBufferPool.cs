using System.Collections.Concurrent;

namespace TmemCore.Server.Nbd;

/// <summary>Memory for connections: as many sets as there have been connections at a time, however many have come. Thread-safe.</summary>
internal sealed class NbdBufferPool
{
    private readonly ConcurrentBag<NbdBuffers> _free = [];

    /// <summary>Makes sure that so many connections may come without anything being allocated for their bytes.</summary>
    public void Prepare(int count)
    {
        for (int i = _free.Count; i < count; i++)
        {
            _free.Add(new NbdBuffers());
        }
    }

    public NbdBuffers Rent() => _free.TryTake(out NbdBuffers? buffers) ? buffers : new NbdBuffers();

    public void Return(NbdBuffers buffers) => _free.Add(buffers);
}
