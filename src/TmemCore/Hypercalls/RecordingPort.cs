namespace TmemCore.Hypercalls;

/// <summary>
/// Passes the calls of one client on and has them written down by a <see cref="TraceRecorder"/>. Results and errors are
/// those of the port inside. Thread-safe; calls of all ports of one recorder follow each other.
/// </summary>
public sealed class RecordingPort : IHypercallPort
{
    private readonly TraceRecorder _recorder;

    /// <summary>Wraps a port.</summary>
    /// <param name="inner">The port that does the work. It stays the caller's.</param>
    /// <param name="recorder">Where the calls are written.</param>
    /// <param name="clientId">The client that <paramref name="inner"/> calls for.</param>
    /// <param name="memory">
    /// The client's memory, where the pages and buffers that ops name are looked up. A frame that is not there is taken
    /// for one the hypervisor cannot read or write either.
    /// </param>
    public RecordingPort(IHypercallPort inner, TraceRecorder recorder, ushort clientId, GuestMemory memory)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(recorder);
        ArgumentNullException.ThrowIfNull(memory);
        Inner = inner;
        _recorder = recorder;
        ClientId = clientId;
        Memory = memory;
    }

    internal IHypercallPort Inner { get; }

    internal ushort ClientId { get; }

    internal GuestMemory Memory { get; }

    /// <inheritdoc/>
    public long Call(HypercallNumber number, HypercallArgument argument) => _recorder.Record(this, number, argument);
}
