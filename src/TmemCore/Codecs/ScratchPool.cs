namespace TmemCore.Codecs;

/// <summary>
/// Scratches for whoever works with a codec just now: about as many as processors are kept, each for one thread at a time. Made on first use. Thread-safe.
/// </summary>
internal sealed class ScratchPool : IDisposable
{
    /// <summary>More than processors, since a thread may be moved to another one while it has a scratch.</summary>
    private const int PerProcessor = 2;

    private readonly CodecScratch?[] _kept = new CodecScratch?[Environment.ProcessorCount * PerProcessor];
    private bool _isDisposed;

    /// <summary>Takes a scratch; the caller gives it back.</summary>
    public CodecScratch Rent()
    {
        int first = First();
        for (int i = 0; i < _kept.Length; i++)
        {
            ref CodecScratch? place = ref _kept[(first + i) % _kept.Length];
            CodecScratch? taken = place is null ? null : Interlocked.Exchange(ref place, null);
            if (taken is not null)
            {
                return taken;
            }
        }

        return new CodecScratch();
    }

    /// <summary>Takes a scratch back.</summary>
    public void Return(CodecScratch scratch)
    {
        int first = First();
        for (int i = 0; i < _kept.Length && !Volatile.Read(ref _isDisposed); i++)
        {
            ref CodecScratch? place = ref _kept[(first + i) % _kept.Length];
            if (place is null && Interlocked.CompareExchange(ref place, scratch, null) is null)
            {
                DisposeKeptIfLate();
                return;
            }
        }

        scratch.Dispose();
    }

    /// <summary>Frees those that nobody has just now; the others are freed when they come back.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        Interlocked.MemoryBarrier();
        DisposeKept();
    }

    private void DisposeKeptIfLate()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isDisposed))
        {
            DisposeKept();
        }
    }

    private void DisposeKept()
    {
        for (int i = 0; i < _kept.Length; i++)
        {
            Interlocked.Exchange(ref _kept[i], null)?.Dispose();
        }
    }

    private int First() => Thread.GetCurrentProcessorId() * PerProcessor % _kept.Length;
}
