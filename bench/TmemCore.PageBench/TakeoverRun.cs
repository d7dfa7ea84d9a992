using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using TmemCore.Client;
using TmemCore.Server;

namespace TmemCore.PageBench;

/// <summary>How long a client waits while another server takes over the host that has its pages: beside the longest wait of a stretch in which none does.</summary>
internal static class TakeoverRun
{
    private const int Stretch = 20_000;

    /// <summary>Hands a host with so many pages from server to server within this process.</summary>
    public static async Task WriteAsync(BenchOptions options, TextWriter writer)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("Connections are handed over by a call of Linux.");
        }

        await RunAsync(options, writer);
    }

    [SupportedOSPlatform("linux")]
    private static async Task RunAsync(BenchOptions options, TextWriter writer)
    {
        string path = Path.Combine(Path.GetTempPath(), $"tmem-{Environment.ProcessId}.sock");
        var serverOptions = new TmemServerOptions { SocketPath = path, TakeoverPath = path + ".takeover" };
        var host = new TmemHost(new() { CapacityBytes = (options.Pages + (options.Pages / 16L)) * TmemPool.PageBytes, Backing = BackingMemory.MemoryFile });
        var servers = new List<TmemServer> { new(host, serverOptions) };
        servers[0].Start();
        using TmemClient own = host.CreateClient();
        using PersistentPool others = own.CreatePersistentPool();
        Fill(others, options.Pages);
        using TmemConnection connection = TmemConnection.Connect(path);
        using IPersistentPool pool = connection.CreatePersistentPool();
        RequireStored(pool.Put(1, 0, new byte[TmemPool.PageBytes]));
        var without = new double[options.Rounds];
        var beside = new double[options.Rounds];
        for (int round = -1; round < options.Rounds; round++)
        {
            double alone = LongestWait(pool, () => { });
            double during = LongestWait(pool, () => servers.Add(TmemServer.TakeOver(serverOptions)));
            if (round >= 0)
            {
                (without[round], beside[round]) = (alone, during);
            }
        }

        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Pages:N0} pages; the longest wait for an answer, ms: {Paired.Median(beside):0.00} while a server takes over (at most {beside.Max():0.00}), {Paired.Median(without):0.00} while none does"));
        foreach (TmemServer server in servers.AsEnumerable().Reverse())
        {
            await server.DisposeAsync();
            server.Host.Dispose();
        }
    }

    private static void Fill(PersistentPool pool, int pages)
    {
        var page = new byte[TmemPool.PageBytes];
        for (int i = 0; i < pages; i++)
        {
            FilledStore.Stamp(page, i);
            RequireStored(pool.Put(FilledStore.ObjectOf(i), FilledStore.IndexOf(i), page));
        }
    }

    private static void RequireStored(PutResult result)
    {
        if (result != PutResult.Stored)
        {
            throw new InvalidDataException($"A page was refused: {result}.");
        }
    }

    /// <summary>Milliseconds of the slowest of many gets, while something is done by another thread.</summary>
    private static double LongestWait(IPersistentPool pool, Action meanwhile)
    {
        var other = Task.Factory.StartNew(meanwhile, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var buffer = new byte[TmemPool.PageBytes];
        double longest = 0;
        for (int i = 0; i < Stretch || !other.IsCompleted; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            if (pool.Get(1, 0, buffer) != GetResult.Hit)
            {
                throw new InvalidDataException("A page was lost.");
            }

            longest = Math.Max(longest, Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        other.GetAwaiter().GetResult();
        return longest;
    }
}
