using System.Net.Sockets;
using TmemCore.Server.Nbd;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A host and its disks, and whoever has taken them over since, for one test.</summary>
internal sealed class ServedTakeovers : IAsyncDisposable
{
    private static readonly TmemHostOptions s_host = new() { CapacityBytes = 24L << 20, Backing = BackingMemory.MemoryFile, CompressByDefault = true };

    public string Folder { get; } = Directory.CreateTempSubdirectory("tmem-tests-").FullName;

    /// <summary>All of them, in the order in which they have served.</summary>
    public List<(TmemServer Server, NbdServer? Disks)> Servers { get; } = [];

    public UnixDomainSocketEndPoint Place => new(Path.Combine(Folder, "nbd.sock"));

    public NbdServerOptions Exporting(NbdExportOptions export) => new() { Exports = [export], SocketPath = Path.Combine(Folder, "nbd.sock") };

    public TmemServerOptions Options(TimeSpan? pausePatience = null) => new()
    {
        SocketPath = Path.Combine(Folder, "tmem.sock"),
        TakeoverPath = Path.Combine(Folder, "tmem.sock.takeover"),
        PausePatience = pausePatience ?? TimeSpan.FromMinutes(2),
        SuccessorPatience = TimeSpan.FromMinutes(2),
    };

    public void Start(NbdServerOptions options, TimeSpan? pausePatience = null)
    {
        var host = new TmemHost(s_host);
        var disks = new NbdServer(host, options);
        var server = new TmemServer(host, Options(pausePatience));
        server.HandOverTogether(disks);
        Servers.Add((server, disks));
        disks.Start();
        server.Start();
    }

    public NbdServer TakeOver(NbdServerOptions options)
    {
        TmemServer server = TmemServer.TakeOverWithDisks(Options(), null, options, out NbdServer? disks);
        Servers.Add((server, disks));
        return disks!;
    }

    /// <summary>What a takeover is refused with once the server has begun with a request; before that it succeeds.</summary>
    public IOException RefusalOf(NbdServerOptions options)
    {
        while (true)
        {
            try
            {
                Servers.Add((TmemServer.TakeOverWithDisks(Options(TimeSpan.FromMilliseconds(20)), null, options, out NbdServer? disks), disks));
            }
            catch (IOException e)
            {
                return e;
            }
        }
    }

    /// <summary>Hands an export on some times while three use it, each a part of its own, and finds that none read anything else than it had written.</summary>
    public async Task TakeOverWhileUsedAsync(NbdServerOptions options, string export)
    {
        const int Users = 3;
        const int Takeovers = 6;
        Start(options);
        using var stop = new CancellationTokenSource();
        var rounds = new int[Users];
        Task[] work =
        [
            .. Enumerable.Range(0, Users).Select(number => Task.Factory.StartNew(
                () => DiskUser.Use(Place, export, number, ref rounds[number], stop.Token), TaskCreationOptions.LongRunning)),
        ];
        for (int i = 0; i < Takeovers; i++)
        {
            await Task.Delay(5);
            TakeOver(options);
            await UntilAllGoOn(rounds, work);
        }

        await stop.CancelAsync();
        await Task.WhenAll(work);
        Assert.Empty(Servers[^1].Server.Host.Verify());
    }

    /// <summary>Waits until each has come round once more, or has failed.</summary>
    private static async Task UntilAllGoOn(int[] rounds, Task[] work)
    {
        int[] before = [.. rounds];
        while (Enumerable.Range(0, rounds.Length).Any(i => Volatile.Read(ref rounds[i]) == before[i] && !work[i].IsCompleted))
        {
            await Task.Delay(1);
        }
    }

    /// <summary>Ends a server that has been followed, as its process would end.</summary>
    public async Task EndAsync(int number)
    {
        await Servers[number].Server.HandedOver;
        await Servers[number].Server.DisposeAsync();
        await Servers[number].Disks!.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((TmemServer server, NbdServer? disks) in Servers.AsEnumerable().Reverse())
        {
            await server.DisposeAsync();
            if (disks is not null)
            {
                await disks.DisposeAsync();
            }

            server.Host.Dispose();
        }

        Directory.Delete(Folder, recursive: true);
    }
}
