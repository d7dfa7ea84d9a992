using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using TmemCore.Client;

namespace TmemCore.Server.Tests;

/// <summary>A host and its server, at a socket of their own, for one test.</summary>
internal sealed class ServedHost : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tmem-tests-").FullName;

    public ServedHost(TmemHostOptions? host = null, Func<TmemServerOptions, TmemServerOptions>? change = null)
    {
        Host = new TmemHost(host ?? new() { CapacityBytes = 16L << 20 });
        TmemServerOptions options = new() { SocketPath = Path.Combine(_folder, "tmem.sock"), Log = Log.Enqueue };
        Options = change?.Invoke(options) ?? options;
        Server = new TmemServer(Host, Options);
        Server.Start();
    }

    public TmemHost Host { get; }

    public TmemServer Server { get; }

    public TmemServerOptions Options { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>This process's user, as the kernel has it.</summary>
    public static uint UserId { get; } = uint.Parse(
        File.ReadLines("/proc/self/status").First(static line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2],
        CultureInfo.InvariantCulture);

    public TmemConnection Connect() => TmemConnection.Connect(Options.SocketPath);

    /// <summary>A connection without any manners.</summary>
    public Socket ConnectRaw()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Options.SocketPath));
        return socket;
    }

    /// <summary>Waits until so many connections are left; a test that waits for ever fails by the run's own limit.</summary>
    public async Task UntilConnectionsAre(int count)
    {
        while (Server.ConnectionCount != count)
        {
            await Task.Delay(1);
        }
    }

    /// <summary>Waits, likewise, for a line that ends so.</summary>
    public async Task UntilLogSays(string end)
    {
        while (!Log.Any(line => line.EndsWith(end, StringComparison.Ordinal)))
        {
            await Task.Delay(1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
