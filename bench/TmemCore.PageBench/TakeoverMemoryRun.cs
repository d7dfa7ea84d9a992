using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using TmemCore.Server;

namespace TmemCore.PageBench;

/// <summary>What memory a successor takes while the process that it follows still lives: two processes, looked at by a third.</summary>
internal static class TakeoverMemoryRun
{
    private const string First = "first";
    private const string Second = "second";

    private const int BlockBytes = 512;
    private const double Mebibyte = 1 << 20;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(2);

    /// <summary>Starts both processes, one with so many pages, and tells what they take.</summary>
    public static async Task WriteAsync(BenchOptions options, TextWriter writer)
    {
        string path = PathOf(Environment.ProcessId);
        using Process first = Start(First, path, options.Pages);
        await ExpectAsync(first, "serves");
        Usage before = Usage.Of(first.Id);
        long blocks = BlocksOfStore(first.Id);
        using Process second = Start(Second, path, options.Pages);
        long most = before.Bytes;
        Task serving = ExpectAsync(second, "serves");
        while (!serving.IsCompleted)
        {
            most = Math.Max(most, Usage.Of(first.Id).Bytes + Usage.Of(second.Id).Bytes);
            await Task.Delay(s_look);
        }

        await serving;
        await ExpectAsync(first, "followed");
        (Usage old, Usage young) = (Usage.Of(first.Id), Usage.Of(second.Id));
        most = Math.Max(most, old.Bytes + young.Bytes);
        long grown = BlocksOfStore(second.Id) - blocks;
        first.StandardInput.Close();
        await first.WaitForExitAsync();
        second.StandardInput.Close();
        await second.WaitForExitAsync();
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {options.Pages:N0} pages; MiB beyond the store while both processes live, the first alone had {before.Bytes / Mebibyte:0.0}: {(most - before.Bytes) / Mebibyte:0.0} more at the most, {(old.Bytes + young.Bytes - before.Bytes) / Mebibyte:0.0} in the end
              the successor's own: {young.AnonymousBytes / Mebibyte:0.0} anonymous, {young.FileBytes / Mebibyte:0.0} of programs, what both have counted by halves; the store: {blocks * BlockBytes / Mebibyte:N1}, {grown * BlockBytes / Mebibyte:0.0} more than before
            """));
    }

    /// <summary>Is one of the two processes, until its input ends.</summary>
    /// <param name="role">Which one, and after a colon the socket.</param>
    /// <param name="pages">Pages of the first one's store.</param>
    [SupportedOSPlatform("linux")]
    public static async Task BeAsync(string role, int pages)
    {
        (bool isFirst, string path) = (role.StartsWith($"{First}:", StringComparison.Ordinal), role[(role.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        var options = new TmemServerOptions { SocketPath = path, TakeoverPath = path + ".takeover" };
        TmemServer server = isFirst ? Serve(options, pages) : TmemServer.TakeOver(options);
        TmemHost host = server.Host;
        Console.WriteLine("serves");
        if (isFirst)
        {
            await server.HandedOver;
            Console.WriteLine("followed");
        }

        await Console.In.ReadToEndAsync();
        await server.DisposeAsync();
        host.Dispose();
    }

    private static string PathOf(int processId) => Path.Combine(Path.GetTempPath(), $"tmem-{processId}.sock");

    [SupportedOSPlatform("linux")]
    private static TmemServer Serve(TmemServerOptions options, int pages)
    {
        var host = new TmemHost(new() { CapacityBytes = (pages + (pages / 16L)) * TmemPool.PageBytes, Backing = BackingMemory.MemoryFile });
        PersistentPool pool = host.CreateClient().CreatePersistentPool();
        var page = new byte[TmemPool.PageBytes];
        for (int i = 0; i < pages; i++)
        {
            FilledStore.Stamp(page, i);
            if (pool.Put(FilledStore.ObjectOf(i), FilledStore.IndexOf(i), page) != PutResult.Stored)
            {
                throw new InvalidDataException("A page was refused.");
            }
        }

        var server = new TmemServer(host, options);
        server.Start();
        return server;
    }

    private static Process Start(string role, string path, int pages) => Process.Start(new ProcessStartInfo(
        Environment.ProcessPath!, [.. GovernorRun.OwnAssembly(), "--takeover-process", $"{role}:{path}", "--pages", $"{pages}"])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;

    private static async Task ExpectAsync(Process process, string word)
    {
        string? said = await process.StandardOutput.ReadLineAsync();
        if (said != word)
        {
            throw new InvalidDataException($"A process said \"{said}\" where \"{word}\" was due.");
        }
    }

    /// <summary>Blocks of the memory file that the system has given memory to.</summary>
    private static long BlocksOfStore(int processId)
    {
        string file = Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd").First(
            static entry => new FileInfo(entry).LinkTarget is string target && target.StartsWith("/memfd:tmem ", StringComparison.Ordinal));
        using Process stat = Process.Start(new ProcessStartInfo("stat", ["-L", "-c", "%b", file]) { RedirectStandardOutput = true })!;
        return long.Parse(stat.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }

    /// <summary>What a process takes.</summary>
    /// <param name="AnonymousBytes">Memory that lies in no file: heaps, stacks, code that was made.</param>
    /// <param name="FileBytes">Memory of files but for memory files: programs and libraries, each page divided by the processes that have it.</param>
    private readonly record struct Usage(long AnonymousBytes, long FileBytes)
    {
        public long Bytes => AnonymousBytes + FileBytes;

        public static Usage Of(int processId)
        {
            (long anonymous, long file) = (0, 0);
            foreach (string line in File.ReadLines($"/proc/{processId}/smaps_rollup"))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                (anonymous, file) = words[0] switch
                {
                    "Pss_Anon:" => (BytesOf(words), file),
                    "Pss_File:" => (anonymous, BytesOf(words)),
                    _ => (anonymous, file),
                };
            }

            return new Usage(anonymous, file);
        }

        private static long BytesOf(string[] words) => long.Parse(words[1], CultureInfo.InvariantCulture) << 10;
    }
}
