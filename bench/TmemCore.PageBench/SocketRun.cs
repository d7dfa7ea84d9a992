using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using TmemCore.Client;
using TmemCore.Server;

namespace TmemCore.PageBench;

/// <summary>Pages to and from a daemon over its socket: one after the other, and many under way at once, beside the embedded call; and through memory that is shared with it.</summary>
internal static class SocketRun
{
    private const int Pages = 4096;
    private const int Rounds = 15;

    /// <summary>Does all that has to do with a daemon's socket, or is one of the processes that it takes, if either is wanted.</summary>
    /// <param name="isWanted">Whether everything is to be measured.</param>
    /// <param name="role">What this process is to be of a takeover; null when it is none of them.</param>
    /// <param name="options">What to run.</param>
    /// <param name="writer">Where the figures go.</param>
    public static async Task<bool> TryWriteAsync(bool isWanted, string? role, BenchOptions options, TextWriter writer)
    {
        if (!isWanted && role is null)
        {
            return false;
        }

        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("A daemon knows its clients by what Linux says of them.");
        }

        if (role is not null)
        {
            await TakeoverMemoryRun.BeAsync(role, options.Pages);
            return true;
        }

        await WriteAsync(options, writer);
        await TakeoverRun.WriteAsync(options with { Rounds = Math.Min(options.Rounds, 15) }, writer);
        await TakeoverMemoryRun.WriteAsync(options, writer);
        return true;
    }

    /// <summary>Serves a host from this process and puts and gets through the socket.</summary>
    [SupportedOSPlatform("linux")]
    private static async Task WriteAsync(BenchOptions options, TextWriter writer)
    {
        string path = Path.Combine(Path.GetTempPath(), $"tmem-{Environment.ProcessId}.sock");
        long largest = 2L * Math.Max(Pages, Math.Min(options.Pages, SharedMemoryRows.LargePages));
        using var host = new TmemHost(new() { CapacityBytes = (largest + (largest / 8) + (4L * Pages)) * TmemPool.PageBytes });
        await using var server = new TmemServer(host, new() { SocketPath = path });
        server.Start();
        using TmemClient own = host.CreateClient();
        using TmemConnection connection = TmemConnection.Connect(path);
        using IPersistentPool embedded = own.CreatePersistentPool();
        using IPersistentPool remote = connection.CreatePersistentPool();
        using TmemConnection sharing = TmemConnection.ConnectSharingMemory(path);
        writer.WriteLine("way                 in flight   put, ns   get, ns   puts a second   gets a second");
        Write(writer, "embedded", embedded, 1);
        foreach (int together in (int[])[1, 16, 32])
        {
            Write(writer, "socket", remote, together);
        }

        writer.WriteLine();
        SharedMemoryRows.Write(own, sharing, options, writer);
    }

    private static void Write(TextWriter writer, string way, IPersistentPool pool, int together)
    {
        var puts = new double[Rounds];
        var gets = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            double put = Time(pool, together, isPut: true);
            double get = Time(pool, together, isPut: false);
            if (round >= 0)
            {
                (puts[round], gets[round]) = (put, get);
            }
        }

        (double putNs, double getNs) = (Paired.Median(puts), Paired.Median(gets));
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{way,-18}  {together,9}   {putNs,7:N0}   {getNs,7:N0}   {1e9 / putNs,13:N0}   {1e9 / getNs,13:N0}"));
    }

    /// <summary>Nanoseconds a page.</summary>
    private static double Time(IPersistentPool pool, int together, bool isPut)
    {
        var handles = new PageHandle[together];
        var pages = new byte[together * TmemPool.PageBytes];
        var stored = new PutResult[together];
        var found = new GetResult[together];
        long begin = Stopwatch.GetTimestamp();
        for (int page = 0; page < Pages; page += together)
        {
            for (int i = 0; i < together; i++)
            {
                handles[i] = new PageHandle((ulong)(page + i) / 64, (uint)(page + i));
            }

            int right = (isPut, together) switch
            {
                (true, 1) => pool.Put(handles[0].Object, handles[0].Index, pages) == PutResult.Stored ? 1 : 0,
                (false, 1) => pool.Get(handles[0].Object, handles[0].Index, pages) == GetResult.Hit ? 1 : 0,
                (true, _) => pool.PutMany(handles, pages, stored),
                _ => pool.GetMany(handles, pages, found),
            };
            if (right != together)
            {
                throw new InvalidDataException("An operation gave a wrong answer.");
            }
        }

        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Pages;
    }
}
