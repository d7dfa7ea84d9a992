using TmemCore.Server.Nbd;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A backing in an array, that waits, fails and counts as a test wants.</summary>
internal sealed class GatedBacking(int sizeBytes) : IBacking
{
    private readonly Lock _lock = new();

    public byte[] Bytes { get; } = new byte[sizeBytes];

    /// <summary>Awaited before bytes are read, and after.</summary>
    public Func<Task> BeforeRead { get; set; } = static () => Task.CompletedTask;

    public Func<Task> AfterRead { get; set; } = static () => Task.CompletedTask;

    /// <summary>Awaited before bytes are written, and after.</summary>
    public Func<Task> BeforeWrite { get; set; } = static () => Task.CompletedTask;

    public Func<Task> AfterWrite { get; set; } = static () => Task.CompletedTask;

    /// <summary>What writes answer; nothing is written then.</summary>
    public NbdError WriteError { get; set; }

    public NbdError ReadError { get; set; }

    public int Reads { get; private set; }

    public int Flushes { get; private set; }

    public int Forced { get; private set; }

    public long SizeBytes => Bytes.Length;

    public bool IsReadOnly { get; init; }

    public string Description => "an array";

    public Action? Lost { get; set; }

    public async ValueTask<NbdError> ReadAsync(long offset, Memory<byte> buffer)
    {
        await BeforeRead();
        lock (_lock)
        {
            Reads++;
            Bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer.Span);
        }

        await AfterRead();
        return ReadError;
    }

    public async ValueTask<NbdError> WriteAsync(long offset, ReadOnlyMemory<byte> data, bool isForced)
    {
        await BeforeWrite();
        lock (_lock)
        {
            Forced += isForced ? 1 : 0;
            data[..(WriteError == NbdError.None ? data.Length : 0)].Span.CopyTo(Bytes.AsSpan((int)offset));
        }

        await AfterWrite();
        return WriteError;
    }

    public ValueTask<NbdError> ZeroAsync(long offset, long length, NbdCommandFlags flags) =>
        WriteAsync(offset, new byte[length], (flags & NbdCommandFlags.ForceUnitAccess) != 0);

    public ValueTask<NbdError> TrimAsync(long offset, long length, bool isForced) => ZeroAsync(offset, length, NbdCommandFlags.None);

    public ValueTask<NbdError> FlushAsync()
    {
        Flushes++;
        return ValueTask.FromResult(NbdError.None);
    }

    public ValueTask<HandedBacking> PauseAsync() => ValueTask.FromResult(new HandedBacking(SizeBytes, Flags: 0, File: null));

    public void Resume()
    {
    }

    public void Leave()
    {
    }

    public void Stop()
    {
    }

    public void Dispose()
    {
    }
}
