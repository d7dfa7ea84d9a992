using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// What a cache stands in front of. Ranges are within its size; what goes wrong is a result and no exception. Thread-safe: what overlaps and is under way at
/// the same time happens in any order.
/// </summary>
internal interface IBacking : IDisposable
{
    /// <summary>Its size, always the same.</summary>
    long SizeBytes { get; }

    /// <summary>Whether nothing can be changed.</summary>
    bool IsReadOnly { get; }

    /// <summary>What it is, in words for people.</summary>
    string Description { get; }

    /// <summary>Called when what it has may no longer be what was written: everything that is known of it is to be forgotten. Any thread.</summary>
    Action? Lost { get; set; }

    /// <summary>Reads a range, all of it or none.</summary>
    ValueTask<NbdError> ReadAsync(long offset, Memory<byte> buffer);

    /// <summary>Writes a range.</summary>
    ValueTask<NbdError> WriteAsync(long offset, ReadOnlyMemory<byte> data, bool isForced);

    /// <summary>Makes a range zeros.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="flags">Whether room is to be kept, whether it has to be fast, and whether it is forced.</param>
    ValueTask<NbdError> ZeroAsync(long offset, long length, NbdCommandFlags flags);

    /// <summary>Says that nobody wants what is in a range.</summary>
    ValueTask<NbdError> TrimAsync(long offset, long length, bool isForced);

    /// <summary>Answered when all that was written before would outlast a loss of power.</summary>
    ValueTask<NbdError> FlushAsync();

    /// <summary>Stands still for a takeover; nothing is under way.</summary>
    /// <returns>What a successor needs to go on with it; the files in it stay this one's.</returns>
    ValueTask<HandedBacking> PauseAsync();

    /// <summary>Goes on after a pause, or with what another process has paused.</summary>
    void Resume();

    /// <summary>Leaves what is open to the successor, so that this one's end does not touch it.</summary>
    void Leave();

    /// <summary>Ends what is under way: it fails, if it has not ended soon by itself.</summary>
    void Stop();
}
