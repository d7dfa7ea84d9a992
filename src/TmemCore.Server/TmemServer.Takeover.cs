using System.Net.Sockets;
using TmemCore.Server.Nbd;
using TmemCore.Server.Takeover;

namespace TmemCore.Server;

/// <summary>
/// Handing the host and all connections over to another process: nobody loses a page, and nobody's connection ends. See
/// <c>docs/takeover.md</c>.
/// </summary>
public sealed partial class TmemServer : ITakeoverPart
{
    private readonly TaskCompletionSource<int> _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ITakeoverPart> _otherParts = [];
    private TakeoverOffer? _offer;
    private List<(ServerConnection Connection, ConnectionPause Pause)> _paused = [];

    /// <summary>
    /// Ends when a successor has taken the host and all connections over: the host is disposed then, and the process has nothing more to do than to
    /// dispose the server and end. It may never end.
    /// </summary>
    /// <value>The process id of the successor.</value>
    public Task<int> HandedOver => _handedOver.Task;

    /// <inheritdoc/>
    string ITakeoverPart.Name => ReceivedParts.SocketPart;

    private bool IsHandedOver => _handedOver.Task.IsCompleted;

    /// <summary>
    /// Takes the host and all connections of another process over, which offers them at <see cref="TmemServerOptions.TakeoverPath"/>. Clients notice
    /// nothing but that an answer takes longer. Blocks until it is done; clients wait only for the end of that.
    /// </summary>
    /// <param name="options">
    /// How to serve from now on; <see cref="TmemServerOptions.TakeoverPath"/> says where the other is found, whose socket is served on. Whom the rules of access do not let in any more
    /// is cut off; what the others' clients may have stays as it was.
    /// </param>
    /// <param name="hostOptions">Settings of the host that are not its memory's, see <see cref="HostSuccessor.Prepare"/>.</param>
    /// <returns>A server that serves; its <see cref="Host"/> is the caller's, to be disposed after it.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or there is no <see cref="TmemServerOptions.TakeoverPath"/>.</exception>
    /// <exception cref="IOException">Nobody offers anything there, or the other does not give it away just now and goes on; the message says why.</exception>
    /// <exception cref="InvalidDataException">The other is of a version that cannot be taken over; it goes on.</exception>
    public static TmemServer TakeOver(TmemServerOptions options, TmemHostOptions? hostOptions = null) =>
        TakeOverWithDisks(options, hostOptions, diskOptions: null, out _);

    /// <summary>As <see cref="TakeOver"/>, with the disks and caches that the other process serves, and their clients.</summary>
    /// <param name="options">As of the other.</param>
    /// <param name="hostOptions">As of the other.</param>
    /// <param name="diskOptions">How disks are served from now on: the same ones as there, by name and size, and the same caches, by name, backing and whether they are read-only. Null for none.</param>
    /// <param name="disks">A server of disks that serves; null when there are none.</param>
    /// <returns>As of the other.</returns>
    /// <exception cref="InvalidDataException">The other is of a version that cannot be taken over, or serves other disks; it goes on.</exception>
    public static TmemServer TakeOverWithDisks(
        TmemServerOptions options, TmemHostOptions? hostOptions, NbdServerOptions? diskOptions, out NbdServer? disks)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        diskOptions?.Validate();
        string path = options.TakeoverPath
            ?? throw new ArgumentException($"{nameof(TmemServerOptions.TakeoverPath)} is null; it is where the other process offers its host.", nameof(options));
        using var request = TakeoverRequest.Connect(path);
        ReceivedParts parts = request.Receive(hostOptions, diskOptions);
        using HostSuccessor successor = parts.Host;
        try
        {
            request.Confirm();
        }
        catch
        {
            parts.Dispose();
            throw;
        }

        var server = new TmemServer(successor.Start(), options with { SocketPath = parts.SocketPath });
        disks = parts.DiskServer;
        if (disks is not null)
        {
            disks.GoOn(parts.Disks!);
            server.HandOverTogether(disks);
        }

        server.GoOn(parts);
        return server;
    }

    /// <summary>Has disks be handed over with the host, when a successor comes. To be called before the server is started.</summary>
    /// <param name="disks">Disks of the same host.</param>
    /// <exception cref="ArgumentException">They are of another host.</exception>
    /// <exception cref="InvalidOperationException">The server was started before.</exception>
    public void HandOverTogether(NbdServer disks)
    {
        ArgumentNullException.ThrowIfNull(disks);
        if (disks.Host != Host)
        {
            throw new ArgumentException("The disks are of another host than the server's.", nameof(disks));
        }

        lock (_life)
        {
            if (_listener is not null)
            {
                throw new InvalidOperationException("The server was started before.");
            }

            _otherParts.Add(disks);
        }
    }

    /// <inheritdoc/>
    async Task<string?> ITakeoverPart.PauseAsync(TimeSpan patience)
    {
        await _acceptingStop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        foreach (ServerConnection connection in _connections.Keys)
        {
            _paused.Add((connection, connection.Pause()));
        }

        if (await ConnectionPause.AwaitAllAsync(_paused.Select(static paused => paused.Pause), patience).ConfigureAwait(false))
        {
            return null;
        }

        ServerConnection late = _paused.First(static paused => !paused.Pause.Arrival.IsCompleted).Connection;
        return $"client {late.ClientId} does not take its answers";
    }

    /// <inheritdoc/>
    void ITakeoverPart.Send(TakeoverChannel channel)
    {
        var standing = _paused.Where(static paused => paused.Pause.Arrival.IsCompletedSuccessfully).ToList();
        channel.Send(_listener!.SafeHandle);
        channel.Send(_options.SocketPath);
        channel.Send(standing.Count);
        foreach ((ServerConnection connection, ConnectionPause pause) in standing)
        {
            HandedConnection.Send(channel, connection, pause.Arrival.Result);
        }
    }

    /// <inheritdoc/>
    void ITakeoverPart.Resume()
    {
        Decide(goesOn: true);
        lock (_life)
        {
            if (_ending is null)
            {
                BeginAccepting();
            }
        }
    }

    /// <inheritdoc/>
    void ITakeoverPart.Leave(int successor)
    {
        LeftSocket.Keep(_listener!);
        _handedOver.TrySetResult(successor);
        Decide(goesOn: false);
    }

    private void Decide(bool goesOn)
    {
        foreach ((_, ConnectionPause pause) in _paused)
        {
            pause.Decide(goesOn);
        }

        _paused = [];
    }

    private void StartOffering()
    {
        if (_options.TakeoverPath is string path)
        {
            StartOffering(UnixListener.Open(path, UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    private void StartOffering(Socket listener)
    {
        _offer = new TakeoverOffer(Host, _options, [this, .. _otherParts], listener, Tell);
        _offer.Start();
    }

    private void StopOffering() => _offer?.Dispose();

    /// <summary>Goes on with what another process has handed over.</summary>
    private void GoOn(ReceivedParts parts)
    {
        lock (_life)
        {
            _listener = parts.TakeListener();
            TakeMode();
            foreach (HandedConnection handed in parts.Connections)
            {
                GoOn(handed);
            }

            BeginAccepting();
            StartOffering(parts.TakeOffer());
        }
    }

    /// <summary>Who may open the socket is a setting, too; it was the other's.</summary>
    private void TakeMode()
    {
        try
        {
            File.SetUnixFileMode(_options.SocketPath, _options.SocketMode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tell($"The mode of {_options.SocketPath} stays as it was: {e.Message}");
        }
    }

    private void GoOn(HandedConnection handed)
    {
        Socket? socket = null;
        TmemClient? client = null;
        try
        {
            socket = ReceivedParts.SocketOf(handed.Socket);
            PeerCredentials peer = PeerCredentials.Of(socket);
            TmemAccess? access = _options.Access.FirstOrDefault(rule => rule.IsFor(peer));
            if (Host.TryGetClient(handed.ClientId, out client) && access is { MayConnect: true })
            {
                Begin(handed.Connect(Host, socket, client, access.MayControl, _options, _channels), peer);
                return;
            }

            Tell($"{peer} was cut off: {(client is null ? "its client has gone" : "no rule lets it in any more")}.");
        }
        catch (Exception e)
        {
            // Nobody else may lose anything by it: there is no way back.
            Tell($"Client {handed.ClientId} was lost in the takeover: {e.Message}");
        }

        client?.Dispose();
        if (socket is not null)
        {
            LeftSocket.End(socket);
        }
    }

    /// <summary>A listening socket that another process has bound does not remove its file by itself.</summary>
    private static void RemoveFile(string? path)
    {
        if (path is not null)
        {
            File.Delete(path);
        }
    }
}
