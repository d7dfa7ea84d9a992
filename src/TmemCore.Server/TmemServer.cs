using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.Versioning;
using TmemCore.Wire;

namespace TmemCore.Server;

/// <summary>
/// Serves a host to other processes of this machine over a Unix socket. Each connection is a client of its own, which goes with all
/// its pages when the connection ends, however it ends. Linux only. Thread-safe.
/// </summary>
/// <example><code>
/// using var host = new TmemHost(new() { CapacityBytes = 1L &lt;&lt; 30 });
/// await using var server = new TmemServer(host, new() { SocketPath = "/run/tmem.sock" });
/// server.Start();
/// </code></example>
[SupportedOSPlatform("linux")]
public sealed partial class TmemServer : IAsyncDisposable
{
    private readonly TmemServerOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ServerConnection, Task> _connections = new();
    private readonly ConcurrentDictionary<uint, int> _connectionsOfUsers = new();
    private readonly ChannelCount _channels;
    private readonly Lock _life = new();
    private Socket? _listener;
    private CancellationTokenSource _acceptingStop = new();
    private Task _accepting = Task.CompletedTask;
    private Task? _ending;

    /// <summary>Prepares a server; nobody can connect yet.</summary>
    /// <param name="host">What is served; it stays the caller's, and must live longer than the server.</param>
    /// <param name="options">How; the defaults when null.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public TmemServer(TmemHost host, TmemServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        _options = options ?? new TmemServerOptions();
        _options.Validate();
        _channels = new ChannelCount(_options.MaxChannels);
        Host = host;
    }

    /// <summary>What is served.</summary>
    public TmemHost Host { get; }

    /// <summary>Connections now.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Opens the socket. A socket that nobody listens at any more is replaced; of one that somebody does, and of any other file, it keeps off.</summary>
    /// <exception cref="IOException">The path is taken, or cannot be made.</exception>
    /// <exception cref="InvalidOperationException">The server was started before.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Start()
    {
        lock (_life)
        {
            ObjectDisposedException.ThrowIf(_ending is not null, this);
            if (_listener is not null)
            {
                throw new InvalidOperationException("The server was started before.");
            }

            _listener = Open();
            BeginAccepting();
            StartOffering();
        }
    }

    /// <summary>Takes no more connections, ends those there are with all their clients, and removes the socket. A second call waits for the first.</summary>
    public async ValueTask DisposeAsync()
    {
        Task ending;
        lock (_life)
        {
            // On another thread: what it waits for may want this lock.
            ending = _ending ??= Task.Run(EndAsync);
        }

        await ending.ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        // First: a takeover under way comes to its end, and only then is known whose the sockets are.
        StopOffering();

        // Its file goes with it, and only here: once connections end, there may be another's at the same path.
        if (!IsHandedOver)
        {
            RemoveFile(_offer is null ? null : _options.TakeoverPath);
            Close();
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _acceptingStop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Values).ConfigureAwait(false);
        _stop.Dispose();
        _acceptingStop.Dispose();
    }

    private void BeginAccepting()
    {
        _acceptingStop.Dispose();
        _acceptingStop = new CancellationTokenSource();
        (Socket listener, CancellationToken stop) = (_listener!, _acceptingStop.Token);
        _accepting = Task.Run(() => Acceptor.AcceptAsync(listener, WelcomeAsync, Tell, stop));
    }

    private Socket Open()
    {
        using FileStream turn = SocketPathLock.Take(_options.SocketPath);
        return UnixListener.Open(_options.SocketPath, _options.SocketMode);
    }

    private void Close()
    {
        if (_listener is null)
        {
            return;
        }

        FileStream? turn = null;
        try
        {
            turn = SocketPathLock.Take(_options.SocketPath);
        }
        catch (IOException e)
        {
            // The socket closes all the same: whoever has the lock has not made one of its own there while this one answered.
            Tell($"The socket {_options.SocketPath} is removed out of turn: {e.Message}");
        }

        using (turn)
        {
            RemoveFile(_options.SocketPath);
            _listener.Dispose();
        }
    }

    /// <summary>Lets somebody in, or turns them away with a reason. Whatever goes wrong here ends that connection alone.</summary>
    private async Task WelcomeAsync(Socket socket)
    {
        TmemClient? client = null;
        bool isIn = false;
        try
        {
            PeerCredentials peer = PeerCredentials.Of(socket);
            long refusal = Admit(peer, out TmemAccess? access, out client);
            if (refusal == 0)
            {
                Begin(new ServerConnection(Host, socket, client!, access!.MayControl, _options, _channels), peer);
                isIn = true;
                return;
            }

            Tell($"{peer} was turned away: {WireAnswer.Explain(refusal)}");
            var greeting = new byte[WireGreeting.Bytes];
            new WireGreeting(refusal, 0, MayControl: false).Write(greeting);
            await socket.SendAsync(greeting, SocketFlags.None, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Mostly one that has gone before it was greeted.
            Tell($"A connection was not taken: {e.Message}");
        }
        finally
        {
            if (!isIn)
            {
                client?.Dispose();
                socket.Dispose();
            }
        }
    }

    private void Begin(ServerConnection connection, PeerCredentials peer)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connectionsOfUsers.AddOrUpdate(peer.UserId, 1, static (_, count) => count + 1);
        _connections[connection] = end.Task;
        _ = Task.Run(() => ServeAsync(connection, peer, end));
    }

    private long Admit(PeerCredentials peer, out TmemAccess? access, out TmemClient? client)
    {
        client = null;
        access = _options.Access.FirstOrDefault(rule => rule.IsFor(peer));
        if (access is not { MayConnect: true })
        {
            return WireAnswer.NotAllowed;
        }

        if (_connections.Count >= _options.MaxConnections || _connectionsOfUsers.GetValueOrDefault(peer.UserId) >= access.MaxConnections)
        {
            return WireAnswer.TooManyConnections;
        }

        try
        {
            client = Host.CreateClient(access.Terms with { Id = null, Name = $"process {peer.ProcessId} of user {peer.UserId}" });
        }
        catch (Exception e) when (e is InsufficientMemoryException or InvalidOperationException)
        {
            return WireAnswer.NoMemory;
        }

        Grant(client, access.SharedPools);
        return 0;
    }

    private void Grant(TmemClient client, IReadOnlyList<PoolUuid> pools)
    {
        try
        {
            foreach (PoolUuid uuid in pools)
            {
                Host.Control.TryGrantSharing(client, uuid);
            }
        }
        catch (ObjectDisposedException)
        {
            // An operator has ended the client already: its connection learns that as any other does.
        }
    }

    private async Task ServeAsync(ServerConnection connection, PeerCredentials peer, TaskCompletionSource end)
    {
        Tell($"{peer} is client {connection.ClientId}.");
        string reason;
        try
        {
            reason = await connection.RunAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            reason = $"the server failed with {e.GetType().Name}: {e.Message}";
        }

        _connectionsOfUsers.AddOrUpdate(peer.UserId, 0, static (_, count) => count - 1);
        if (!IsHandedOver)
        {
            Tell($"Client {connection.ClientId} has gone: {reason}.");
        }

        _connections.TryRemove(connection, out _);
        end.SetResult();
    }

    /// <summary>Tells the log. One that fails keeps nobody from being served, and nobody's pages from being freed.</summary>
    private void Tell(string sentence)
    {
        try
        {
            _options.Log?.Invoke(sentence);
        }
        catch (Exception)
        {
        }
    }
}
