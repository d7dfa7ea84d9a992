using Microsoft.Win32.SafeHandles;

namespace TmemCore.Server.Nbd;

/// <summary>Tells all connections of a server at once to end between two requests, wherever they wait. Thread-safe.</summary>
internal sealed class StopSignal : IDisposable
{
    private volatile bool _isRaised;

    /// <summary>What to wait for beside a socket.</summary>
    public SafeFileHandle Handle { get; } = Native.CreateEvent();

    public bool IsRaised => _isRaised;

    public void Raise()
    {
        _isRaised = true;
        Native.Raise(Handle);
    }

    /// <summary>Has whoever looks from now on go on.</summary>
    public void Lower()
    {
        _isRaised = false;
        Native.Lower(Handle);
    }

    public void Dispose() => Handle.Dispose();
}
