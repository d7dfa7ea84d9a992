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

    /// <inheritdoc/>
    string ITakeoverPart.Name => ReceivedDisks.Part;

    /// <summary>
    /// Makes all that is needed to go on with the disks of another process, which still has them: whatever can fail is to fail here. Nothing of the host's
    /// memory is changed; a server that is not to go on is simply left.
    /// </summary>
    /// <exception cref="InvalidDataException">A disk's pages are not there any more.</exception>
    internal static NbdServer Prepare(TmemHost host, NbdServerOptions options, IEnumerable<HandedDisk> disks)
    {
        var server = new NbdServer(host, options);
        foreach (HandedDisk handed in disks)
        {
            var disk = (PersistentDiskOptions)options.Exports.First(export => export.Name == handed.Name);
            server._exports.Add(new PersistentDisk(host, disk, handed, options.MaxRequestBytes));
        }

        server._buffers.Prepare(Math.Min(PreparedConnections, options.MaxConnections));
        return server;
    }

    /// <summary>Goes on: the disks and their connections are this process's.</summary>
    internal void GoOn(ReceivedDisks received)
    {
        lock (_life)
        {
            foreach (SafeFileHandle listener in received.Listeners)
            {
                Socket socket = ReceivedParts.SocketOf(listener);
                _listeners.Add(socket);
                EndPoint = socket.LocalEndPoint as IPEndPoint ?? EndPoint;
            }

            foreach (HandedDiskConnection connection in received.Connections)
            {
                Begin(ReceivedParts.SocketOf(connection.Socket), connection.State, connection.Unread);
            }

            BeginAccepting();
        }
    }

    /// <inheritdoc/>
    async Task<string?> ITakeoverPart.PauseAsync(TimeSpan patience)
    {
        if (_exports.Find(static export => export is not PersistentDisk) is NbdExport other)
        {
            return $"{other.Name} is a cache, which cannot be handed over";
        }

        await _stopAccepting.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_accepting).ConfigureAwait(false);
        foreach (NbdConnection connection in _connections.Keys)
        {
            _paused.Add((connection, connection.Pause()));
        }

        _pausing.Raise();
        return await ConnectionPause.AwaitAllAsync(_paused.Select(static paused => paused.Pause), patience).ConfigureAwait(false)
            ? null
            : "a client of a disk is within a request";
    }

    /// <inheritdoc/>
    void ITakeoverPart.Send(TakeoverChannel channel)
    {
        channel.Send(_listeners.Count);
        _listeners.ForEach(listener => channel.Send(listener.SafeHandle));
        channel.Send(_exports.Count);
        _exports.ForEach(export => ((PersistentDisk)export).Send(channel));
        var standing = _paused.Where(static paused => paused.Pause.Arrival.IsCompletedSuccessfully).ToList();
        channel.Send(standing.Count);
        standing.ForEach(paused => HandedDiskConnection.Send(channel, paused.Connection, paused.Pause.Arrival.Result));
    }

    /// <inheritdoc/>
    void ITakeoverPart.Resume()
    {
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
        Decide(goesOn: false);
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
