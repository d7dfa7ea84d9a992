using System.IO.Pipelines;

namespace TmemCore.Migration;

/// <summary>
/// A client as a stream: saved while it runs, restored in any host, looked through without one. The stream holds the client's settings, its pools and
/// every persistent page as it was at one instant; ephemeral pools come back empty. Pages that are packed stay so on the way.
/// </summary>
/// <remarks>
/// Some 300 KiB of memory are in use, and what the pipe itself holds. Pipes are left open: whoever made them completes them. The format is
/// described in docs/save-stream.md.
/// </remarks>
/// <example><code>
/// await using (FileStream file = File.Create("client.tmem"))
/// {
///     PipeWriter writer = PipeWriter.Create(file);
///     await SaveStream.SaveAsync(client, writer);
///     await writer.CompleteAsync();
/// }
///
/// PipeReader reader = PipeReader.Create(File.OpenRead("client.tmem"));
/// TmemClient equal = await SaveStream.RestoreAsync(otherHost, reader);
/// await reader.CompleteAsync();
/// </code></example>
public static class SaveStream
{
    /// <summary>
    /// Writes a client to a pipe. Its calls go on meanwhile; when the changes come faster than they are written, they are slowed down, and for the last of
    /// them they wait. Whatever happens, the client is afterwards as if it had not been saved.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="pipe">Where the stream goes; completed by the caller.</param>
    /// <param name="options">How to save; the defaults when null.</param>
    /// <param name="progress">Told after each batch of pages; on the saving thread: it should be quick, and must not use the client, whose calls may wait for the saving.</param>
    /// <param name="cancellationToken">Ends the saving; what has been written then is not a whole stream.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="InvalidOperationException">The client is saved or moved already, or has a persistent pool that others may share.</exception>
    /// <exception cref="InsufficientMemoryException">No memory to note what changes meanwhile.</exception>
    /// <exception cref="IOException">Nobody reads any more.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<SaveReport> SaveAsync(
        TmemClient client,
        PipeWriter pipe,
        SaveOptions? options = null,
        IProgress<MigrationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(pipe);
        cancellationToken.ThrowIfCancellationRequested();
        using DepartingClient departing = DepartingClient.Begin(client, (options ?? new SaveOptions()).Freezes);
        using var watch = new PipeWatch(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken, departing.Tracking.Abandoned);
        var sender = new StreamSender(pipe, watch, departing, progress);
        await sender.SendHeaderAsync(flags: 0).ConfigureAwait(false);
        await sender.SendUntilQuietAsync().ConfigureAwait(false);
        long paused = TimeProvider.System.GetTimestamp();
        try
        {
            departing.Pause();
            await sender.SendRestAsync().ConfigureAwait(false);
        }
        finally
        {
            departing.Resume();
        }

        StreamCounts counts = departing.Counts;
        return new SaveReport(counts.Pages, counts.PagesGone, counts.Bytes, sender.Rounds, TimeProvider.System.GetElapsedTime(paused));
    }

    /// <summary>
    /// Makes a client of a save stream: with the same settings, pool ids, kinds and uuids, and the same persistent pages bit for bit. It is not
    /// reachable before it is whole; when anything fails, nothing of it is left.
    /// </summary>
    /// <param name="host">The host in which it is made.</param>
    /// <param name="pipe">Where the stream comes from; read up to the end mark, and completed by the caller.</param>
    /// <param name="options">What the client has otherwise; nothing when null.</param>
    /// <param name="progress">Told now and then; on the restoring thread, so that it should be quick.</param>
    /// <param name="cancellationToken">Ends the restoring.</param>
    /// <returns>The client; see <see cref="TmemClient.TryGetPool"/> for its pools.</returns>
    /// <exception cref="SaveStreamException">The stream is damaged, cut off, of another version, or made up.</exception>
    /// <exception cref="InsufficientMemoryException">The host has no room for the client, its reservation or a page.</exception>
    /// <exception cref="InvalidOperationException">The host has no place for another client or pool, or the client has no grant for a shared pool.</exception>
    /// <exception cref="ArgumentException">The id of the options is taken, or another of them is out of its range.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<TmemClient> RestoreAsync(
        TmemHost host,
        PipeReader pipe,
        RestoreOptions? options = null,
        IProgress<MigrationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(pipe);
        using var arriving = new ArrivingClient(host, options ?? new RestoreOptions());
        using var watch = new PipeWatch(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken, default);
        using var decoder = new SaveStreamDecoder(arriving);
        var reader = new SaveStreamReader(pipe, watch, progress);
        ushort flags = await reader.ReadHeaderAsync().ConfigureAwait(false);
        if (flags != 0)
        {
            throw new SaveStreamException(
                SaveStreamFault.Unsupported, 0, "it is the beginning of a move, which has an end that is agreed upon; it cannot be restored alone.");
        }

        await reader.ReadAllAsync(decoder).ConfigureAwait(false);
        return arriving.Publish();
    }

    /// <summary>
    /// Looks a save stream through, and tells what it holds. Everything is checked that <see cref="RestoreAsync"/> checks, and each packed page
    /// unpacked, but for what only a host can tell: whether there is room.
    /// </summary>
    /// <param name="pipe">Where the stream comes from; read up to the end mark, and completed by the caller.</param>
    /// <param name="progress">Told now and then; on the reading thread, so that it should be quick.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What the stream holds.</returns>
    /// <exception cref="SaveStreamException">The stream is damaged, cut off, of another version, or made up.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <example><code>SaveStreamReport report = await SaveStream.InspectAsync(PipeReader.Create(File.OpenRead("client.tmem")));</code></example>
    public static async Task<SaveStreamReport> InspectAsync(
        PipeReader pipe, IProgress<MigrationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        var sink = new InspectingSink();
        using var watch = new PipeWatch(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken, default);
        using var decoder = new SaveStreamDecoder(sink);
        var reader = new SaveStreamReader(pipe, watch, progress);
        ushort flags = await reader.ReadHeaderAsync().ConfigureAwait(false);
        await reader.ReadAllAsync(decoder).ConfigureAwait(false);
        return sink.Report(decoder, flags);
    }
}
