using System.IO.Pipelines;

namespace TmemCore.Migration;

/// <summary>
/// Moves a client from one host to another while it runs: its pages first, then what has changed meanwhile, round by round, and the last of it
/// while the client's calls wait. At no time do both sides run it.
/// </summary>
/// <remarks>
/// Each side has one end of a pipe in two directions, over a socket for example. Pipes are left open: whoever made them completes them. When the connection
/// is lost before the switch, the client goes on where it was; when it is lost between the switch and the answer, the source cannot know
/// and says so, see <see cref="MigrationOutcome.InDoubt"/>.
/// </remarks>
public static class ClientMigration
{
    /// <summary>
    /// Sends a client to whoever receives at the other end. When it returns, the client runs there, and here it is disposed: calls that waited answer that
    /// their pools are gone.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="pipe">The connection; completed by the caller.</param>
    /// <param name="options">How to send; the defaults when null.</param>
    /// <param name="progress">Told after each batch of pages; on the sending thread: it should be quick, and must not use the client, whose calls may wait for the move.</param>
    /// <param name="cancellationToken">Ends the move, up to the switch; after that it is not looked at.</param>
    /// <returns>What was sent.</returns>
    /// <exception cref="MigrationException">The move has failed; its outcome says where the client runs.</exception>
    /// <exception cref="InvalidOperationException">The client is saved or moved already, or has a persistent pool that others may share. It runs on.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not positive, or longer than timers can be.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the switch: the client runs on.</exception>
    /// <example><code>
    /// try
    /// {
    ///     await ClientMigration.SendAsync(client, connection);
    /// }
    /// catch (MigrationException e) when (e.Outcome == MigrationOutcome.InDoubt)
    /// {
    ///     host.Control.Settle(client, isHere: !await AskOtherSideAsync());
    /// }
    /// </code></example>
    public static async Task<SaveReport> SendAsync(
        TmemClient client,
        IDuplexPipe pipe,
        SendOptions? options = null,
        IProgress<MigrationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(pipe);
        options ??= new SendOptions();
        RequireTimeout(options.Timeout, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        using DepartingClient departing = DepartingClient.Begin(client, options.Freezes);
        return await new MoveSource(client, departing, pipe, options, progress).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Receives a client from whoever sends at the other end. It is not reachable before all of it is here and the source has let go of it; when anything
    /// fails before that, nothing of it is left.
    /// </summary>
    /// <param name="host">The host in which it is to run.</param>
    /// <param name="pipe">The connection; completed by the caller.</param>
    /// <param name="options">How to receive; the defaults when null.</param>
    /// <param name="progress">Told now and then; on the receiving thread, so that it should be quick.</param>
    /// <param name="cancellationToken">Ends the move, up to the switch; after that it is not looked at.</param>
    /// <returns>The client, which runs here and nowhere else; see <see cref="TmemClient.TryGetPool"/> for its pools.</returns>
    /// <exception cref="MigrationException">
    /// The move has failed and the client does not run here, nor will it: a source that is in doubt is to be told that it runs there. The inner exception says
    /// why, in the same way as <see cref="SaveStream.RestoreAsync"/>.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The timeout is not positive, or longer than timers can be.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the switch: the client does not run here.</exception>
    /// <example><code>TmemClient client = await ClientMigration.ReceiveAsync(host, connection);</code></example>
    public static async Task<TmemClient> ReceiveAsync(
        TmemHost host,
        IDuplexPipe pipe,
        ReceiveOptions? options = null,
        IProgress<MigrationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(pipe);
        options ??= new ReceiveOptions();
        RequireTimeout(options.Timeout, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        return await new MoveTarget(host, pipe, options, progress).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void RequireTimeout(TimeSpan timeout, string name)
    {
        if (timeout <= TimeSpan.Zero || timeout.TotalMilliseconds > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                name, timeout, $"Timeout is {timeout}; it may be more than zero, up to {TimeSpan.FromMilliseconds(int.MaxValue)}.");
        }
    }
}
