using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// Serves memory of a host as disks to whoever speaks NBD: emulators, copying programs, the kernel. Each connection has a thread of its own and memory for
/// its bytes, so that what one client does costs another nothing but time of the machine. Linux only. Thread-safe.
/// </summary>
/// <example><code>
/// using var host = new TmemHost(new() { CapacityBytes = 4L &lt;&lt; 30 });
/// await using var server = new NbdServer(host, new()
/// {
///     Exports = [new PersistentDiskOptions { Name = "swap", SizeBytes = 2L &lt;&lt; 30 }],
///     SocketPath = "/run/tmem-nbd.sock",
/// });
/// server.Start();
/// </code></example>
[SupportedOSPlatform("linux")]
public sealed partial class NbdServer : IAsyncDisposable
{
    /// <summary>Enough for the deepest calls of a connection, which are a codec's. Only what is used of it takes memory.</summary>
    private const int StackBytes = 1 << 20;

    /// <summary>Sets of buffers that are made before anybody comes.</summary>
    private const int PreparedConnections = 4;

    /// <summary>How long requests that are under way may take when the server ends.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly NbdServerOptions _options;
    private readonly StopSignal _stop = new();
    private readonly StopSignal _pausing = new();
    private CancellationTokenSource _stopAccepting = new();
    private readonly NbdBufferPool _buffers = new();
    private readonly ConcurrentDictionary<NbdConnection, Task> _connections = new();
    private readonly Lock _life = new();
    private readonly List<NbdExport> _exports = [];
    private readonly List<Socket> _listeners = [];
    private readonly List<Task> _accepting = [];
    private Task? _ending;

    /// <summary>Prepares a server; nothing is reserved yet, and nobody can connect.</summary>
    /// <param name="host">Who keeps the pages; it stays the caller's, and must live longer than the server.</param>
    /// <param name="options">What is served, and how.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">The system has no more files.</exception>
    public NbdServer(TmemHost host, NbdServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        Host = host;
    }

    /// <summary>Who keeps the pages.</summary>
    public TmemHost Host { get; }

    /// <summary>Connections now.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>What is served; empty before <see cref="Start"/> and after the end.</summary>
    public IReadOnlyList<NbdExportInfo> Exports
    {
        get
        {
            lock (_life)
            {
                return [.. _exports.Select(static export => new NbdExportInfo(export.Name, export.SizeBytes, export.Description, export.SpilledBytes))];
            }
        }
    }

    /// <summary>The address that is listened at for TCP, with its port where 0 was asked for; null for none.</summary>
    public IPEndPoint? EndPoint { get; private set; }

    /// <summary>
    /// Makes the exports and opens the sockets; when any of that fails, none of it is left. A socket that nobody listens at any more is replaced; of one that
    /// somebody does, and of any other file, it keeps off.
    /// </summary>
    /// <exception cref="InsufficientMemoryException">The host has not got what a disk may need at worst; the message has both numbers.</exception>
    /// <exception cref="IOException">A socket, a spill file or what a cache stands in front of cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">A file is not to be opened by this user.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The system does not let the process be locked; the message says which limit to raise.</exception>
    /// <exception cref="InvalidOperationException">The server was started before, or the host has as many clients as it may.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Start()
    {
        lock (_life)
        {
            ObjectDisposedException.ThrowIf(_ending is not null, this);
            if (_listeners.Count > 0)
            {
                throw new InvalidOperationException("The server was started before.");
            }

            try
            {
                foreach (NbdExportOptions export in _options.Exports)
                {
                    _exports.Add(export.Open(Host, _options));
                }

                if (_options.LocksProcess)
                {
                    Native.LockProcess();
                    _exports.ForEach(static export => export.Prepare());
                }

                _buffers.Prepare(Math.Min(PreparedConnections, _options.MaxConnections));
                Listen();
            }
            catch
            {
                Close();
                throw;
            }

            BeginAccepting();
        }
    }

    /// <summary>
    /// Takes no more connections, lets each end the request that it is at, and ends all exports with their pages; the socket is removed. A second call
    /// waits for the first.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task ending;
        lock (_life)
        {
            ending = _ending ??= EndAsync();
        }

        await ending.ConfigureAwait(false);
    }

    private async Task EndAsync()
    {
        // Their files go with them, and only here: once connections end, there may be another's at the same path.
        CloseListeners();
        await _stopAccepting.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_accepting).ConfigureAwait(false);
        _stop.Raise();
        Task ended = Task.WhenAll(_connections.Values);
        await Task.WhenAny(ended, Task.Delay(s_patience, CancellationToken.None)).ConfigureAwait(false);
        _exports.ForEach(static export => export.Stop());
        await ended.ConfigureAwait(false);
        lock (_life)
        {
            Close();
        }

        _stop.Dispose();
        _pausing.Dispose();
        _stopAccepting.Dispose();
    }

    private void BeginAccepting()
    {
        CancellationToken stop = _stopAccepting.Token;
        _accepting.Clear();
        _accepting.AddRange(_listeners.Select(listener => Task.Run(() => Acceptor.AcceptAsync(listener, WelcomeAsync, Tell, stop))));
    }

    private void Close()
    {
        CloseListeners();
        _exports.ForEach(static export => export.Dispose());
        _exports.Clear();
    }

    private void Listen()
    {
        if (_options.SocketPath is not null)
        {
            _listeners.Add(UnixListener.Open(_options.SocketPath, _options.SocketMode));
        }

        if (_options.EndPoint is null)
        {
            return;
        }

        var listener = new Socket(_options.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listeners.Add(listener);
        try
        {
            listener.Bind(_options.EndPoint);
            listener.Listen(UnixListener.Backlog);
            EndPoint = (IPEndPoint?)listener.LocalEndPoint;
        }
        catch (SocketException e)
        {
            throw new IOException($"Nobody can listen at {_options.EndPoint}: {e.Message}", e);
        }
    }

    /// <summary>Gives a connection its thread, or turns it away. Whatever goes wrong here ends that connection alone.</summary>
    private Task WelcomeAsync(Socket socket)
    {
        if (_connections.Count >= _options.MaxConnections)
        {
            Tell($"A connection was turned away: there are {_options.MaxConnections} already.");
            socket.Dispose();
        }
        else
        {
            Begin(socket, handed: null);
        }

        return Task.CompletedTask;
    }

    private void Begin(Socket socket, HandedDiskConnection? handed)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        NbdConnection? connection = null;
        try
        {
            connection = new NbdConnection(socket, _exports, _options, _buffers, _stop, _pausing, handed);
            _connections[connection] = end.Task;
            new Thread(() => Serve(connection, end), StackBytes) { IsBackground = true, Name = "NBD connection" }.Start();
        }
        catch (Exception e)
        {
            // Mostly one that has gone before it was greeted, or the system has no more threads.
            Tell($"A connection was not taken: {e.Message}");
            socket.Dispose();
            if (connection is not null)
            {
                _connections.TryRemove(connection, out _);
            }
        }
    }

    private void Serve(NbdConnection connection, TaskCompletionSource end)
    {
        string? reason;
        try
        {
            Native.BecomeIoFlusher();
            if (_options.LocksProcess)
            {
                Native.BecomeUrgent();
            }

            reason = connection.Run(Tell);
        }
        catch (Exception e)
        {
            reason = $"the server failed with {e.GetType().Name}: {e.Message}";
        }

        if (reason is not null)
        {
            Tell($"{connection.Peer} has gone: {reason}.");
        }

        _connections.TryRemove(connection, out _);
        end.SetResult();
    }

    /// <summary>Tells the log. One that fails keeps nobody from being served.</summary>
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
