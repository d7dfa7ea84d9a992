namespace TmemCore.Tool.Observability;

/// <summary>Whether a daemon is alive, and whether it takes clients. Thread-safe.</summary>
/// <param name="look">Touches what has to answer; it returns when all is well, and late or never when it is not.</param>
/// <param name="patience">How long it may take.</param>
internal sealed class DaemonHealth(Action look, TimeSpan patience)
{
    private readonly Lock _lock = new();
    private Task? _look;
    private volatile Stage _stage;

    private enum Stage
    {
        Starting,
        Serving,
        Stopping,
    }

    /// <summary>Whether clients may connect.</summary>
    public bool IsReady => _stage == Stage.Serving;

    /// <summary>Whether the daemon has begun to stop.</summary>
    public bool IsStopping => _stage == Stage.Stopping;

    /// <summary>The socket is open.</summary>
    public void Serve() => Advance(Stage.Serving);

    /// <summary>The socket closes. There is no way back.</summary>
    public void Stop() => Advance(Stage.Stopping);

    /// <summary>
    /// Whether the store answers. At most one thread waits for it, however many ask: a store that is stuck does not take others' threads, too.
    /// </summary>
    public async Task<bool> IsAliveAsync(CancellationToken cancellation = default)
    {
        Task current;
        lock (_lock)
        {
            current = _look is { IsCompleted: false } ? _look : _look = Task.Run(look, CancellationToken.None);
        }

        try
        {
            await current.WaitAsync(patience, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void Advance(Stage stage)
    {
        lock (_lock)
        {
            _stage = stage > _stage ? stage : _stage;
        }
    }
}
