using System.IO.Pipelines;
using System.Text;

namespace TmemCore.Migration;

/// <summary>The side that a client is moved to.</summary>
internal sealed class MoveTarget(TmemHost host, IDuplexPipe pipe, ReceiveOptions options, IProgress<MigrationProgress>? progress)
{
    public async Task<TmemClient> RunAsync(CancellationToken cancellationToken)
    {
        TmemClient client;
        uint sum;
        using (var arriving = new ArrivingClient(host, options.Client))
        {
            try
            {
                sum = await ReceiveAsync(arriving, cancellationToken).ConfigureAwait(false);
                client = arriving.Publish();
            }
            catch (Exception e)
            {
                // Only when nothing is left of the client, the source may be told that it will never run here.
                arriving.Dispose();
                await RefuseAsync(e.Message).ConfigureAwait(false);
                if (e is OperationCanceledException)
                {
                    throw;
                }

                throw new MigrationException(MigrationOutcome.SourceRuns, $"The client was not received and does not run here: {e.Message}", e);
            }
        }

        await TrySayAsync(watch => MoveSource.SayAsync(pipe.Output, watch, SaveRecordType.Switched, sum)).ConfigureAwait(false);
        return client;
    }

    /// <summary>Takes all of the client, and waits for the word that it is this side's from now on.</summary>
    /// <returns>The sum of the stream.</returns>
    private async Task<uint> ReceiveAsync(ArrivingClient arriving, CancellationToken cancellationToken)
    {
        using var watch = new PipeWatch(options.Timeout, options.Clock, cancellationToken, default);
        using var decoder = new SaveStreamDecoder(arriving);
        var reader = new SaveStreamReader(pipe.Input, watch, progress);
        if ((await reader.ReadHeaderAsync().ConfigureAwait(false) & SaveStreamFormat.MovingFlag) == 0)
        {
            throw new SaveStreamException(SaveStreamFault.Unsupported, 0, "it is a saved client, and nobody is there who would hand it over; it can be restored.");
        }

        await reader.ReadAllAsync(decoder).ConfigureAwait(false);
        uint sum = decoder.Counts.Sum;
        await MoveSource.SayAsync(pipe.Output, watch, SaveRecordType.Ready, sum).ConfigureAwait(false);
        long position = reader.Position;
        Agreement said = await reader.ReadAgreementAsync().ConfigureAwait(false);
        return said.Type == SaveRecordType.Switch && said.Sum == sum
            ? sum
            : throw new SaveStreamException(
                SaveStreamFault.Order, position, $"the source says {said.Type} of a stream of the sum 0x{said.Sum:x8}; {SaveRecordType.Switch} of 0x{sum:x8} was to come.");
    }

    private Task RefuseAsync(string reason) => TrySayAsync(async watch =>
    {
        pipe.Output.Advance(WriteRefusal(pipe.Output.GetSpan(SaveStreamFormat.LargestRecordBytes), reason));
        await watch.FlushAsync(pipe.Output).ConfigureAwait(false);
    });

    private static int WriteRefusal(Span<byte> buffer, string reason)
    {
        Span<byte> text = stackalloc byte[SaveStreamFormat.MostReasonBytes];
        Encoder encoder = Encoding.UTF8.GetEncoder();
        encoder.Convert(reason, text, flush: true, out _, out int bytes, out _);
        var writer = new RecordWriter(buffer);
        writer.Refused(text[..bytes]);
        var counts = default(StreamCounts);
        RecordSeal.Close(buffer[..writer.Length], ref counts);
        return writer.Length;
    }

    /// <summary>Says something that is good to know; whether it arrives changes nothing here.</summary>
    private async Task TrySayAsync(Func<PipeWatch, Task> say)
    {
        using var watch = new PipeWatch(options.Timeout, options.Clock, default, default);
        try
        {
            await say(watch).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The connection is lost, or was never there: the source finds that out by itself.
        }
    }
}
