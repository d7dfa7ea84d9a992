using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>A range of bytes that clients use as a disk. Thread-safe.</summary>
internal abstract class NbdExport(string name, long sizeBytes) : IDisposable
{
    /// <summary>The name that clients ask for.</summary>
    public string Name { get; } = name;

    /// <summary>Bytes, always the same.</summary>
    public long SizeBytes { get; } = sizeBytes;

    /// <summary>What it is, in words for people.</summary>
    public abstract string Description { get; }

    /// <summary>What of it lies in a spill file.</summary>
    public virtual long SpilledBytes => 0;

    /// <summary>Whether nothing can be changed.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>What it can do; what a connection has agreed on comes on top.</summary>
    public abstract NbdExportFlags Flags { get; }

    /// <summary>Serves a connection whose handshake is over, to its end.</summary>
    /// <returns>Why it has ended; null when it goes on in another process.</returns>
    public abstract string? Serve(NbdChannel channel, NbdConnectionState state, NbdBuffers buffers, NbdPauses pauses);

    /// <summary>Has the system give all memory now that requests may need, before anybody connects.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Stands still for a takeover; no request is under way.</summary>
    public virtual ValueTask PauseAsync() => ValueTask.CompletedTask;

    /// <summary>Goes on after a pause, or with what another process has paused.</summary>
    public virtual void Resume()
    {
    }

    /// <summary>Says to a successor what it needs, after a pause.</summary>
    public abstract void Send(TakeoverChannel channel);

    /// <summary>Leaves all that is open to the successor, so that this one's end does not touch it.</summary>
    public virtual void Leave()
    {
    }

    /// <summary>Ends what requests wait for outside of this machine; they fail.</summary>
    public virtual void Stop()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
