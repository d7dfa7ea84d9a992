using System.IO.Pipelines;

namespace TmemCore.Migration;

/// <summary>The side that a client is moved from.</summary>
internal sealed class MoveSource(
    TmemClient client, DepartingClient departing, IDuplexPipe pipe, SendOptions options, IProgress<MigrationProgress>? progress)
{
    private long _paused;
    private TimeSpan _pause;
    private int _rounds;

    private uint Sum => departing.Counts.Sum;

    public async Task<SaveReport> RunAsync(CancellationToken cancellationToken)
    {
        // The other side may speak up at any time, to refuse: so somebody listens from the beginning, for one word.
        using var deaf = new CancellationTokenSource();
        Task<Agreement> answer = ListenAsync(deaf.Token);
        try
        {
            await SendImageAsync(answer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            departing.Resume();
            Exception reason = e is IOException ? await ReasonAsync(answer, e).ConfigureAwait(false) : e;
            await StopAsync(answer, deaf).ConfigureAwait(false);
            if (e is OperationCanceledException || (e is ObjectDisposedException && departing.Tracking.IsAbandoned))
            {
                throw;
            }

            throw new MigrationException(
                MigrationOutcome.SourceRuns, $"Client {client.Name} was not moved and runs on here: {reason.Message}", reason);
        }

        await SwitchAsync().ConfigureAwait(false);
        StreamCounts counts = departing.Counts;
        return new SaveReport(counts.Pages, counts.PagesGone, counts.Bytes, _rounds, _pause);
    }

    private static async Task StopAsync(Task<Agreement> answer, CancellationTokenSource deaf)
    {
        await deaf.CancelAsync().ConfigureAwait(false);
        await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void RequireNoRefusal(Task<Agreement> answer)
    {
        if (answer.IsCompleted)
        {
            Require(answer.GetAwaiter().GetResult(), SaveRecordType.Refused, 0);
        }
    }

    private static void Require(Agreement said, SaveRecordType type, uint sum)
    {
        if (said.Type == SaveRecordType.Refused)
        {
            throw new InvalidOperationException($"The target refuses: {said.Reason}");
        }

        if (said.Type != type || said.Sum != sum)
        {
            throw new InvalidDataException($"The target says {said.Type} of a stream of the sum 0x{said.Sum:x8}; {type} of 0x{sum:x8} was to come.");
        }
    }

    private async Task SendImageAsync(Task<Agreement> answer, CancellationToken cancellationToken)
    {
        CancellationToken abandoned = departing.Tracking.Abandoned;
        using var watch = new PipeWatch(options.Timeout, options.Clock, cancellationToken, abandoned);
        var sender = new StreamSender(pipe.Output, watch, departing, progress) { Listen = () => RequireNoRefusal(answer) };
        await sender.SendHeaderAsync(SaveStreamFormat.MovingFlag).ConfigureAwait(false);
        await sender.SendUntilQuietAsync().ConfigureAwait(false);
        _paused = options.Clock.GetTimestamp();
        departing.Pause();
        await sender.SendRestAsync().ConfigureAwait(false);
        _rounds = sender.Rounds;
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, abandoned);
        try
        {
            Require(await answer.WaitAsync(options.Timeout, options.Clock, any.Token).ConfigureAwait(false), SaveRecordType.Ready, Sum);
        }
        catch (OperationCanceledException e)
        {
            throw watch.Explain(e);
        }

        watch.ThrowIfOver();
    }

    /// <summary>
    /// Hands the client over. From the first byte of the word on it may run at the target, so that it does not run here unless the target says that it never
    /// will there. Nothing but the answer, or the time that it takes, ends the wait.
    /// </summary>
    private async Task SwitchAsync()
    {
        Exception? failure = null;
        Agreement? said = null;
        using var deaf = new CancellationTokenSource();
        Task<Agreement> answer = ListenAsync(deaf.Token);
        try
        {
            using var watch = new PipeWatch(options.Timeout, options.Clock, default, default);
            await SayAsync(pipe.Output, watch, SaveRecordType.Switch, Sum).ConfigureAwait(false);
            said = await answer.WaitAsync(options.Timeout, options.Clock).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
            said = e is IOException ? await LastWordAsync(answer).ConfigureAwait(false) : null;
        }

        await StopAsync(answer, deaf).ConfigureAwait(false);
        _pause = options.Clock.GetElapsedTime(_paused);
        if (said is { Type: SaveRecordType.Switched } && said.Sum == Sum)
        {
            client.Dispose();
            return;
        }

        if (said is { Type: SaveRecordType.Refused })
        {
            departing.Resume();
            throw new MigrationException(
                MigrationOutcome.SourceRuns, $"Client {client.Name} was not moved and runs on here; the target refuses: {said.Reason}", failure);
        }

        departing.Close();
        throw new MigrationException(
            MigrationOutcome.InDoubt,
            $"Client {client.Name} was handed over, and whether it runs at the target is not known; it is closed here until that is settled.",
            failure);
    }

    /// <summary>What the target has said before it stopped reading, if it has.</summary>
    private async Task<Agreement?> LastWordAsync(Task<Agreement> answer)
    {
        try
        {
            return await answer.WaitAsync(options.Timeout, options.Clock).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // However a connection breaks: nothing was said, and the client must not be left paused.
            return null;
        }
    }

    private async Task<Agreement> ListenAsync(CancellationToken cancellationToken)
    {
        using var watch = new PipeWatch(Timeout.InfiniteTimeSpan, options.Clock, cancellationToken, default);
        try
        {
            return await new SaveStreamReader(pipe.Input, watch, progress: null).ReadAgreementAsync().ConfigureAwait(false);
        }
        catch (SaveStreamException e) when (e.Fault == SaveStreamFault.Truncated)
        {
            throw new IOException("The target has closed the connection.", e);
        }
    }

    /// <summary>Why the target does not read any more, if it says so.</summary>
    private async Task<Exception> ReasonAsync(Task<Agreement> answer, Exception failure) =>
        await LastWordAsync(answer).ConfigureAwait(false) is { Type: SaveRecordType.Refused } said
            ? new InvalidOperationException($"The target refuses: {said.Reason}", failure)
            : failure;

    /// <summary>Says a word.</summary>
    public static async Task SayAsync(PipeWriter output, PipeWatch watch, SaveRecordType type, uint sum)
    {
        output.Advance(Write(output.GetSpan(SaveStreamFormat.LargestRecordBytes), type, sum));
        await watch.FlushAsync(output).ConfigureAwait(false);
    }

    private static int Write(Span<byte> buffer, SaveRecordType type, uint sum)
    {
        var writer = new RecordWriter(buffer);
        writer.Agreement(type, sum);
        var counts = default(StreamCounts);
        RecordSeal.Close(buffer[..writer.Length], ref counts);
        return writer.Length;
    }
}
