using System.IO.Pipelines;

namespace TmemCore.Tests.Migration;

/// <summary>A connection of two ends inside this process that breaks, in both directions, when so many bytes have passed in one.</summary>
internal sealed class CuttableLink
{
    private readonly Pipe _fromSource = NewPipe();
    private readonly Pipe _toTarget = NewPipe();
    private readonly Pipe _fromTarget = NewPipe();
    private readonly Pipe _toSource = NewPipe();
    private readonly CancellationTokenSource _cut = new();
    private readonly Task _pumps;

    /// <summary>Connects.</summary>
    /// <param name="mostToTarget">Bytes that pass from source to target; it breaks with the next one.</param>
    /// <param name="mostToSource">Bytes that pass from target to source.</param>
    public CuttableLink(long mostToTarget = long.MaxValue, long mostToSource = long.MaxValue)
    {
        Source = new End(_toSource.Reader, _fromSource.Writer);
        Target = new End(_toTarget.Reader, _fromTarget.Writer);
        _pumps = Task.WhenAll(
            Task.Run(() => PumpAsync(_fromSource.Reader, _toTarget.Writer, mostToTarget, bytes => ToTarget = bytes)),
            Task.Run(() => PumpAsync(_fromTarget.Reader, _toSource.Writer, mostToSource, bytes => ToSource = bytes)));
    }

    public IDuplexPipe Source { get; }

    public IDuplexPipe Target { get; }

    /// <summary>Bytes that have passed.</summary>
    public long ToTarget { get; private set; }
    public long ToSource { get; private set; }

    /// <summary>Breaks the connection.</summary>
    public Task CutAsync() => _cut.CancelAsync();

    /// <summary>Closes both ends, and waits until nothing is on its way any more.</summary>
    public async Task CloseAsync()
    {
        await Source.Output.CompleteAsync();
        await Target.Output.CompleteAsync();
        await CutAsync();
        await _pumps;
    }

    private async Task PumpAsync(PipeReader from, PipeWriter to, long most, Action<long> count)
    {
        long passed = 0;
        try
        {
            while (true)
            {
                ReadResult read = await from.ReadAsync(_cut.Token);
                long bytes = Math.Min(read.Buffer.Length, most - passed);
                foreach (ReadOnlyMemory<byte> part in read.Buffer.Slice(0, bytes))
                {
                    await to.WriteAsync(part, _cut.Token);
                }

                passed += bytes;
                count(passed);
                bool isOver = bytes < read.Buffer.Length;
                from.AdvanceTo(read.Buffer.End);
                if (isOver)
                {
                    await CutAsync();
                }
                else if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever is at the other end notices that it is over.
        }

        await from.CompleteAsync();
        await to.CompleteAsync();
    }

    private static Pipe NewPipe() => new(new PipeOptions(useSynchronizationContext: false));

    private sealed record End(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
