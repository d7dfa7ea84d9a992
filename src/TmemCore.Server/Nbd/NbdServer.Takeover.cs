using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>Handing disks and their connections over to another process, together with the host that has their pages.</summary>
public sealed partial class NbdServer : ITakeoverPart
{
    private List<(NbdConnection Connection, ConnectionPause Pause)> _paused = [];
    private bool _isHandedOver;

    /// <summary>Whether connections are to stand still.</summary>
    internal bool IsPausing => _pausing.IsRaised;

    /// <summary>Whether somebody who is at the handshake does not take the answers.</summary>
    internal bool HasDeaf => _connections.Keys.Any(static connection => connection.IsDeaf);

    /// <inheritdoc/>
    string ITakeoverPart.Name => ReceivedDisks.Part;

    /// <summary>
    /// Makes all that is needed to go on with the disks of another process, which still has them: whatever can fail is to fail here. Nothing of the host's
    /// memory is changed; a server that is not to go on is simply left.
    /// </summary>
    /// <exception cref="InvalidDataException">A disk's pages are not there any more.</exception>
    internal static NbdServer Prepare(TmemHost host, NbdServerOptions options, ReceivedDisks received)
    {
        var server = new NbdServer(host, options);
        server._exports.AddRange(options.Exports.Select(export => export.Adopt(host, options, received)));

        server._buffers.Prepare(Math.Min(PreparedConnections, options.MaxConnections));
        return server;
    }

    /// <summary>Goes on: the disks and their connections are this process's.</summary>
    internal void GoOn(ReceivedDisks received)
    {
        lock (_life)
        {
            _exports.ForEach(static export => export.Resume());
            foreach (SafeFileHandle listener in received.Listeners)
            {
                Socket socket = ReceivedParts.SocketOf(listener);
                _listeners.Add(socket);
                EndPoint = socket.LocalEndPoint as IPEndPoint ?? EndPoint;
            }

            foreach (HandedDiskConnection connection in received.Connections)
            {
                Begin(ReceivedParts.SocketOf(connection.Socket), connection);
            }

            BeginAccepting();
        }
    }

    /// <inheritdoc/>
    async Task<string?> ITakeoverPart.PauseAsync(TimeSpan patience)
    {
        await _stopAccepting.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_accepting).ConfigureAwait(false);
        foreach (NbdConnection connection in _connections.Keys)
        {
            _paused.Add((connection, connection.Pause()));
        }

        _pausing.Raise();
        if (!await AwaitPausesAsync(patience / 2).ConfigureAwait(false))
        {
            EndDeafHandshakes();
            if (!await AwaitPausesAsync(patience / 2).ConfigureAwait(false))
            {
                return WhoIsLate();
            }
        }

        NbdExport[] exports;
        lock (_life)
        {
            exports = [.. _exports];
        }

        foreach (NbdExport export in exports)
        {
            await export.PauseAsync().ConfigureAwait(false);
        }

        return null;
    }

    /// <inheritdoc/>
    void ITakeoverPart.Send(TakeoverChannel channel)
    {
        channel.Send(_listeners.Count);
        _listeners.ForEach(listener => channel.Send(listener.SafeHandle));
        SendAll(channel, _exports.FindAll(static export => export is PersistentDisk));
        SendAll(channel, _exports.FindAll(static export => export is CacheDisk));
        var standing = _paused.Where(static paused => paused.Pause.Arrival.IsCompletedSuccessfully).ToList();
        channel.Send(standing.Count);
        standing.ForEach(paused => HandedDiskConnection.Send(channel, paused.Connection, paused.Pause.Arrival.Result));
    }

    /// <inheritdoc/>
    void ITakeoverPart.Resume()
    {
        lock (_life)
        {
            _exports.ForEach(static export => export.Resume());
        }

        Decide(goesOn: true);
        lock (_life)
        {
            if (_ending is null && _stopAccepting.IsCancellationRequested)
            {
                _stopAccepting.Dispose();
                _stopAccepting = new CancellationTokenSource();
                BeginAccepting();
            }
        }
    }

    /// <inheritdoc/>
    void ITakeoverPart.Leave(int successor)
    {
        _isHandedOver = true;
        lock (_life)
        {
            _exports.ForEach(static export => export.Leave());
        }

        Decide(goesOn: false);
    }

    /// <summary>Ends those that take no answers before they have chosen a disk: they may not keep all others from a new server.</summary>
    private void EndDeafHandshakes()
    {
        foreach ((NbdConnection connection, ConnectionPause pause) in _paused)
        {
            if (connection.TryEndHandshake(pause))
            {
                Tell($"{connection.Peer} is cut off: another server takes over, and it takes no answers to its handshake.");
            }
        }
    }

    private string WhoIsLate()
    {
        NbdConnection? late = _paused.Find(static paused => !paused.Pause.Arrival.IsCompleted).Connection;
        return late switch
        {
            null => "a client of a disk was within a request",
            { State: null } => $"{late.Peer} is at its handshake for a disk",
            _ => $"{late.Peer} is within a request to a disk",
        };
    }

    private Task<bool> AwaitPausesAsync(TimeSpan patience) => ConnectionPause.AwaitAllAsync(_paused.Select(static paused => paused.Pause), patience);

    private static void SendAll(TakeoverChannel channel, List<NbdExport> exports)
    {
        channel.Send(exports.Count);
        exports.ForEach(export => export.Send(channel));
    }

    private void Decide(bool goesOn)
    {
        // First: whoever goes on looks at it.
        if (goesOn && _pausing.IsRaised)
        {
            _pausing.Lower();
        }

        foreach ((_, ConnectionPause pause) in _paused)
        {
            pause.Decide(goesOn);
        }

        _paused = [];
    }

    private void CloseListeners()
    {
        foreach (Socket listener in _listeners)
        {
            if (_isHandedOver)
            {
                LeftSocket.Keep(listener);
                continue;
            }

            // One that another process has bound does not remove its file by itself.
            if (listener.AddressFamily == AddressFamily.Unix && _options.SocketPath is not null)
            {
                File.Delete(_options.SocketPath);
            }

            listener.Dispose();
        }

        _listeners.Clear();
    }
}
