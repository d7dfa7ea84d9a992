using System.IO.Pipelines;
using TmemCore.Migration;

namespace TmemCore.Tests.Migration;

/// <summary>One side of a move, played by a test: it says what it is told to, be it right or wrong.</summary>
internal sealed class OtherSide(IDuplexPipe pipe) : IDisposable
{
    private readonly PipeWatch _watch = new(Timeout.InfiniteTimeSpan, TimeProvider.System, default, default);

    public void Dispose() => _watch.Dispose();

    /// <summary>Takes a client, as a target does.</summary>
    /// <returns>The sum of the stream.</returns>
    public async Task<uint> TakeImageAsync()
    {
        using var decoder = new SaveStreamDecoder(new InspectingSink());
        var reader = new SaveStreamReader(pipe.Input, _watch, progress: null);
        await reader.ReadHeaderAsync();
        await reader.ReadAllAsync(decoder);
        return decoder.Counts.Sum;
    }

    /// <summary>Hears the next word.</summary>
    public async Task<SaveRecordType> HearAsync() => (await new SaveStreamReader(pipe.Input, _watch, progress: null).ReadAgreementAsync()).Type;

    public Task SayAsync(SaveRecordType type, uint sum) => MoveSource.SayAsync(pipe.Output, _watch, type, sum);

    /// <summary>Refuses.</summary>
    public async Task RefuseAsync(string reason) => await pipe.Output.WriteAsync(SavedBytes.Join(
        [new SavedRecord(SaveRecordType.Refused, System.Text.Encoding.UTF8.GetBytes(reason))], recounts: false).AsMemory(SaveStreamFormat.HeaderBytes));

    /// <summary>Sends a client, as a source does, from a stream that has been saved.</summary>
    /// <returns>The sum of the stream.</returns>
    public async Task<uint> SendImageAsync(byte[] saved)
    {
        byte[] moving = SavedBytes.Join(SavedBytes.Split(saved), recounts: true, SaveStreamFormat.MovingFlag);
        await pipe.Output.WriteAsync(moving);
        using var decoder = new SaveStreamDecoder(new InspectingSink());
        var reader = new SaveStreamReader(SavedBytes.Reader(moving), _watch, progress: null);
        await reader.ReadHeaderAsync();
        await reader.ReadAllAsync(decoder);
        return decoder.Counts.Sum;
    }
}
