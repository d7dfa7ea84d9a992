namespace TmemCore.Server;

/// <summary>A token that is cancelled when the server stops, and when a peer takes too long while a deadline is set.</summary>
internal sealed class PeerDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _timeout;

    public PeerDeadline(TimeSpan timeout, CancellationToken stop)
    {
        _timeout = timeout;
        _source = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>From now on the peer has the time that it may take.</summary>
    public void Set() => _source.CancelAfter(_timeout);

    /// <summary>There is no haste any more.</summary>
    public void Clear() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose() => _source.Dispose();
}
