using System.IO.Pipelines;
using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>Sends a client's image through a pipe, batch by batch: while one is on its way, no lock is held.</summary>
internal sealed class StreamSender(PipeWriter pipe, PipeWatch watch, DepartingClient client, IProgress<MigrationProgress>? progress)
{
    /// <summary>Changes that may be left when the client is paused; a batch or more for each of a few threads that are let go one by one.</summary>
    private const int MostLeft = 2 * ClientTracking.LastLimit;

    /// <summary>Rounds of changes so far.</summary>
    public int Rounds { get; private set; }

    /// <summary>Called between batches, to notice early what the other side says.</summary>
    public Action? Listen { get; init; }

    /// <summary>Sends the header.</summary>
    public async Task SendHeaderAsync(ushort flags)
    {
        RecordSeal.WriteHeader(pipe.GetSpan(SaveStreamFormat.HeaderBytes), flags);
        pipe.Advance(SaveStreamFormat.HeaderBytes);
        await watch.FlushAsync(pipe).ConfigureAwait(false);
    }

    /// <summary>Sends all pages, and what changes meanwhile, until so little is left that the client can wait for the rest.</summary>
    public async Task SendUntilQuietAsync()
    {
        while (!client.IsWalked)
        {
            await SendBatchAsync().ConfigureAwait(false);
        }

        bool isLast = false;
        while (client.LogLength > MostLeft && !isLast)
        {
            Rounds++;
            isLast = client.Tracking.Limit == ClientTracking.LastLimit;
            client.Tracking.Limit = Math.Max(client.Tracking.Limit / 2, ClientTracking.LastLimit);
            await SendRoundAsync(client.Counts, client.LogLength).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what is left of a paused client, and the end mark.</summary>
    public async Task SendRestAsync()
    {
        Rounds++;
        do
        {
            await SendBatchAsync().ConfigureAwait(false);
        }
        while (client.LogLength > 0);

        pipe.Advance(client.WriteEnd(pipe.GetSpan(DepartingClient.BatchBytes)));
        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Sends as many changes as there were when the round began, or until few are left.</summary>
    private async Task SendRoundAsync(StreamCounts before, long changes)
    {
        while (client.LogLength > MostLeft && Moved(client.Counts) - Moved(before) < changes)
        {
            await SendBatchAsync().ConfigureAwait(false);
        }
    }

    private static long Moved(in StreamCounts counts) => counts.Pages + counts.PagesGone;

    private async Task SendBatchAsync()
    {
        watch.ThrowIfOver();
        Listen?.Invoke();
        pipe.Advance(client.Write(pipe.GetSpan(DepartingClient.BatchBytes)));
        await FlushAsync().ConfigureAwait(false);
    }

    private async Task FlushAsync()
    {
        await watch.FlushAsync(pipe).ConfigureAwait(false);
        progress?.Report(new MigrationProgress(client.Counts.Pages, client.Counts.Bytes, Rounds, client.LogLength));
    }
}
