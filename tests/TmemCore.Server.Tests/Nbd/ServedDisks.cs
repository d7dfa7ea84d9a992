using System.Collections.Concurrent;
using System.Net.Sockets;
using TmemCore.Server.Nbd;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A host and its disks, at a socket of their own, for one test.</summary>
internal sealed class ServedDisks : IAsyncDisposable
{
    public ServedDisks(TmemHostOptions host, params NbdExportOptions[] exports)
        : this(host, exports, null)
    {
    }

    public ServedDisks(TmemHostOptions host, NbdExportOptions[] exports, Func<NbdServerOptions, NbdServerOptions>? change)
    {
        Host = new TmemHost(host);
        Options = new() { Exports = [.. exports.Select(export => Placed(export, Folder))], SocketPath = Path.Combine(Folder, "nbd.sock"), Log = Log.Enqueue };
        Options = change?.Invoke(Options) ?? Options;
        Server = new NbdServer(Host, Options);
        Server.Start();
    }

    /// <summary>What stands for the test's own folder in paths.</summary>
    public const string Here = "HERE";

    public string Folder { get; } = Directory.CreateTempSubdirectory("tmem-tests-").FullName;

    public TmemHost Host { get; }

    public NbdServerOptions Options { get; }

    public NbdServer Server { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    public UnixDomainSocketEndPoint Place => new(Options.SocketPath!);

    public NbdPeer Enter(string name, bool isStructured = true) => NbdPeer.Enter(Place, name, isStructured);

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
        Directory.Delete(Folder, recursive: true);
    }

    private static NbdExportOptions Placed(NbdExportOptions export, string folder) => export switch
    {
        PersistentDiskOptions { SpillPath: not null } disk => disk with { SpillPath = disk.SpillPath.Replace(Here, folder, StringComparison.Ordinal) },
        CacheDiskOptions cache => cache with { Backing = cache.Backing.Replace(Here, folder, StringComparison.Ordinal) },
        _ => export,
    };
}
