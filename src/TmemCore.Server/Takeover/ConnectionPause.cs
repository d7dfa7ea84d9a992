namespace TmemCore.Server.Takeover;

/// <summary>A pause of one connection: it comes to a place between two requests, says what it has not looked at yet, and waits for what is decided.</summary>
internal sealed class ConnectionPause
{
    private readonly TaskCompletionSource<byte[]> _arrival = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<PauseOutcome> _decision = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the connection stands still, with the bytes that it has read and not looked at; cancelled when it has ended.</summary>
    public Task<byte[]> Arrival => _arrival.Task;

    /// <summary>Waits until all have arrived or ended.</summary>
    /// <returns>False when some have not after so long.</returns>
    public static async Task<bool> AwaitAllAsync(IEnumerable<ConnectionPause> pauses, TimeSpan patience)
    {
        try
        {
            await Task.WhenAll(pauses.Select(static pause => IgnoreEnd(pause.Arrival))).WaitAsync(patience).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Called by the connection.</summary>
    /// <param name="unread">What it has read and not looked at.</param>
    /// <returns>What becomes of it.</returns>
    public Task<PauseOutcome> ArriveAsync(byte[] unread) => _arrival.TrySetResult(unread) ? _decision.Task : Task.FromResult(PauseOutcome.End);

    /// <summary>The connection has ended, or is about to be, and is not waited for any more.</summary>
    /// <returns>False when it has arrived.</returns>
    public bool GiveUp() => _arrival.TrySetCanceled();

    /// <summary>Lets the connection go on, or leaves it to the successor.</summary>
    public void Decide(bool goesOn) => _decision.TrySetResult(goesOn ? PauseOutcome.GoOn : PauseOutcome.Leave);

    private static async Task IgnoreEnd(Task arrival)
    {
        await arrival.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }
}
