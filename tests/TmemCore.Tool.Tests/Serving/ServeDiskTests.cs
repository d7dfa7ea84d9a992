using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TmemCore.Server.Nbd;
using TmemCore.Server.Tests.Nbd;
using Xunit;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>Disks of the daemon: how they are asked for and told, and what is left when it, or a client, is killed.</summary>
public sealed class ServeDiskTests : IDisposable
{
    private const int PageBytes = TmemPool.PageBytes;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string SocketPath => Path.Combine(_folder.FullName, "tmem.sock");

    private string DisksPath => Path.Combine(_folder.FullName, "nbd.sock");

    [Fact]
    public async Task A_daemon_tells_what_it_serves_and_how_to_connect()
    {
        string image = _folder.Write("image", "an image");
        using Process daemon = Start(
            "--memory", "32MiB", "--nbd-socket", DisksPath, "--disk", "swap=16MiB", "--disk", $"big=1GiB,spill={_folder.FullName}", "--cache", $"im age={image}");
        var lines = new List<string>();
        for (int i = 0; i < 9; i++)
        {
            lines.Add((await daemon.StandardOutput.ReadLineAsync())!);
        }

        Assert.StartsWith("Serving 32 MiB at ", lines[0], StringComparison.Ordinal);
        Assert.Matches("^Serving swap, 16 MiB, over NBD: persistent disk, [0-9,]+ bytes reserved for it[.]$", lines[1]);
        Assert.Equal("Serving big, 1 GiB, over NBD: persistent disk, what memory refuses goes to a spill file.", lines[2]);
        Assert.Equal($"Serving im age, 8 B, over NBD: cache in front of {image}.", lines[3]);
        Assert.Equal($"Use swap   nbdinfo \"nbd+unix:///swap?socket={DisksPath}\"", lines[6]);
        Assert.Equal($"Use im age   nbdinfo \"nbd+unix:///im%20age?socket={DisksPath}\"", lines[8]);
        using (NbdPeer peer = NbdPeer.Enter(new UnixDomainSocketEndPoint(DisksPath), "im age"))
        {
            Assert.Equal("an image"u8.ToArray(), peer.ReadDisk(0, 8));
        }

        // The page of the image that was read is in the cache.
        ToolOutcome list = await Tool.RunAsync("list", "--all", "--format", "table", "--socket", SocketPath);
        Assert.StartsWith("1 pages in 1 objects, 1 of them ephemeral", list.Output, StringComparison.Ordinal);
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
        Assert.False(File.Exists(DisksPath));
    }

    [Fact]
    public async Task Who_uses_a_cache_notices_nothing_when_another_daemon_takes_over()
    {
        string file = Path.Combine(_folder.FullName, "backing");
        await File.WriteAllBytesAsync(file, new byte[16 * PageBytes]);
        string[] options = ["--memory", "8MiB", "--quiet", "--nbd-socket", DisksPath, "--cache", $"cache={file}"];
        using Process first = Start(options);
        Assert.NotNull(await first.StandardOutput.ReadLineAsync());
        using NbdPeer peer = NbdPeer.Enter(new UnixDomainSocketEndPoint(DisksPath), "cache");
        byte[] page = [.. Enumerable.Repeat((byte)7, PageBytes)];
        peer.WriteDisk(3 * PageBytes, page);

        using Process second = Start([.. options, "--take-over"]);
        Assert.NotNull(await second.StandardOutput.ReadLineAsync());
        await first.WaitForExitAsync();
        Assert.Equal(0, first.ExitCode);
        Assert.Equal(page, peer.ReadDisk(3 * PageBytes, PageBytes));
        peer.WriteDisk(4 * PageBytes, page);
        ToolOutcome list = await Tool.RunAsync("list", "--all", "--format", "table", "--socket", SocketPath);
        Assert.StartsWith("2 pages in 1 objects, 2 of them ephemeral", list.Output, StringComparison.Ordinal);
        Assert.Equal(0, await ToolProcess.TerminateAsync(second));
        byte[] left = await File.ReadAllBytesAsync(file);
        Assert.Equal((byte[])[.. page, .. page], left[(3 * PageBytes)..(5 * PageBytes)]);
    }

    [Fact]
    public async Task A_daemon_serves_at_an_address_of_this_machine()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var place = (IPEndPoint)probe.LocalEndPoint!;
        probe.Dispose();
        using Process daemon = Start("--memory", "8MiB", "--nbd", $"{place}", "--disk", "a=1MiB");
        string? line;
        do
        {
            line = await daemon.StandardOutput.ReadLineAsync();
        }
        while (line is not null && !line.StartsWith("Use a ", StringComparison.Ordinal));

        Assert.Equal($"Use a   nbdinfo nbd://{place}/a", line);
        NbdPeer.Enter(place, "a").Dispose();
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
    }

    [Theory]
    [InlineData("--disk is \"swap\", which is not NAME=SIZE", "--disk", "swap")]
    [InlineData("--disk is \"=1MiB\"", "--disk", "=1MiB")]
    [InlineData("--disk is \"a=1MiB,spil=x\"", "--disk", "a=1MiB,spil=x")]
    [InlineData("--disk is \"a=1MiB,spill=\"", "--disk", "a=1MiB,spill=")]
    [InlineData("disks.size is \"much\", which is not bytes", "--disk", "a=much")]
    [InlineData("SizeBytes of a is 0", "--disk", "a=0")]
    [InlineData("The disk a of 1,073,741,824 bytes needs 1,", "--disk", "a=1GiB")]
    [InlineData("--cache is \"a=\", which is not NAME=BACKING", "--cache", "a=")]
    [InlineData("none/file", "--cache", "a=none/file")]
    [InlineData("nbd+unix:///x?socket=/none cannot be used: ", "--cache", "a=nbd+unix:///x?socket=/none")]
    [InlineData("an NBD server is nbd+unix", "--cache", "a=nbd+unix:///x")]
    [InlineData("there is a place to serve disks at, and neither a disk nor a cache", "--nbd", "127.0.0.1:1")]
    [InlineData("EndPoint is 10.0.0.1:10809, which other machines may reach", "--nbd", "10.0.0.1:10809", "--disk", "a=1MiB")]
    [InlineData("nbdAddress is \"here\", which is no address", "--nbd", "here", "--disk", "a=1MiB")]
    [InlineData("Exports has 2 exports", "--disk", "a=1MiB", "--disk", "a=1MiB")]
    public async Task What_cannot_be_served_is_told_in_a_sentence(string message, params string[] arguments)
    {
        ToolOutcome outcome = await Tool.RunAsync(["serve", "--memory", "16MiB", "--socket", SocketPath, .. arguments]);
        Assert.Contains(message, outcome.Error.Split('\n')[0], StringComparison.Ordinal);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Theory]
    [InlineData("{ \"disks\": [null] }", "disks has a null")]
    [InlineData("{ \"disks\": [{ \"size\": \"1MiB\" }] }", "disks has one without a name")]
    [InlineData("{ \"disks\": [{ \"name\": \"a\" }] }", "disks.size of a is missing")]
    [InlineData("{ \"disks\": [{ \"name\": \"a\", \"size\": \"1MiB\", \"compress\": \"zip\" }] }", "disks.compress is \"zip\"")]
    [InlineData("{ \"disks\": [{ \"name\": \"a\", \"size\": \"1MiB\", \"allowance\": \"1MiB\" }] }", "without disks.spill")]
    [InlineData("{ \"caches\": [null] }", "caches has a null")]
    [InlineData("{ \"caches\": [{ \"name\": \"a\" }] }", "caches.backing of a is missing")]
    public async Task A_setting_that_is_wrong_is_named(string text, string message)
    {
        string file = _folder.Write("a.json", text);
        ToolOutcome outcome = await Tool.RunAsync("serve", "--config", file, "--memory", "16MiB", "--socket", SocketPath);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, outcome.ExitCode);
    }

    [Fact]
    public void Everything_can_be_set()
    {
        var settings = TmemCore.Tool.Serving.ServeSettings.Read(_folder.Write(
            "a.json",
            """
            {
              "nbdSocketPath": "/run/n.sock", "nbdAddress": "127.0.0.1:7", "mode": "0660",
              "disks": [{ "name": "a", "size": "1MiB" }, { "name": "b", "size": "2MiB", "spill": "/s", "compress": "zstd", "allowance": "1KiB" }],
              "caches": [{ "name": "c", "backing": "/f", "readOnly": true, "compress": "none", "weight": 5, "cap": "3KiB" }],
            }
            """));
        NbdServerOptions options = settings.NbdOptions()!;
        Assert.Equal(("/run/n.sock", new IPEndPoint(IPAddress.Loopback, 7)), (options.SocketPath, options.EndPoint));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, options.SocketMode);
        NbdExportOptions[] expected =
        [
            new PersistentDiskOptions { Name = "a", SizeBytes = 1 << 20 },
            new PersistentDiskOptions { Name = "b", SizeBytes = 2 << 20, SpillPath = "/s", Compression = PageCompression.Zstandard, AllowanceBytes = 1024 },
            new CacheDiskOptions { Name = "c", Backing = "/f", IsReadOnly = true, Compression = PageCompression.None, Weight = 5, CapBytes = 3072 },
        ];
        Assert.Equal(expected, options.Exports);
        Assert.Null(new TmemCore.Tool.Serving.ServeSettings().NbdOptions());
    }

    [NbdClientsFact]
    public async Task A_daemon_whose_memory_is_locked_serves_disks_in_a_process_that_is_all_in_memory()
    {
        string config = _folder.Write("a.json", "{ \"lockProcess\": true }");
        using Process daemon = Start("--config", config, "--memory", "8MiB", "--nbd-socket", DisksPath, "--disk", "a=1MiB");
        Assert.StartsWith("Serving 8 MiB", await daemon.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
        string locked = File.ReadLines($"/proc/{daemon.Id}/status").Single(static line => line.StartsWith("VmLck:", StringComparison.Ordinal));

        // The store alone would be eight megabytes and its tables.
        Assert.InRange(long.Parse(locked.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), 100_000, long.MaxValue);
        using (NbdPeer peer = NbdPeer.Enter(new UnixDomainSocketEndPoint(DisksPath), "a"))
        {
            peer.WriteDisk(5, [1, 2, 3]);
            Assert.Equal([1, 2, 3], peer.ReadDisk(5, 3));
        }

        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
    }

    [Fact]
    public async Task A_daemon_that_is_killed_leaves_what_it_had_answered_in_the_file_behind_its_cache()
    {
        const int Pages = 200;
        string file = Path.Combine(_folder.FullName, "backing");
        await File.WriteAllBytesAsync(file, new byte[Pages * PageBytes]);
        var random = new Random(5);
        var answered = new int[Pages];
        for (int round = 0; round < 4; round++)
        {
            using Process daemon = Start(
                "--memory", "8MiB", "--quiet", "--nbd-socket", DisksPath, "--cache", $"cache={file}", "--disk", $"disk=16MiB,spill={_folder.FullName}");
            Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
            int killAt = random.Next(200, 2000);
            int done = 0;
            Task[] clients = [.. Enumerable.Range(0, 4).Select(number => Task.Factory.StartNew(
                () => Write(number, answered, () => Interlocked.Increment(ref done) == killAt, daemon), TaskCreationOptions.LongRunning))];
            await Task.WhenAll(clients);
            await daemon.WaitForExitAsync();
            byte[] found = await File.ReadAllBytesAsync(file);
            for (int page = 0; page < Pages; page++)
            {
                Assert.InRange(BitConverter.ToInt32(found, page * PageBytes), answered[page], answered[page] + 1);
                answered[page] = BitConverter.ToInt32(found, page * PageBytes);
            }
        }

        Assert.Equal(["backing", "nbd.sock", "tmem.sock", "tmem.sock.lock", "tmem.sock.takeover"], Directory.GetFileSystemEntries(_folder.FullName).Select(Path.GetFileName).Order());
    }

    [NbdClientsFact]
    public async Task Clients_that_are_killed_at_any_moment_leave_the_daemon_as_it_was()
    {
        using Process daemon = Start("--memory", "64MiB", "--quiet", "--nbd-socket", DisksPath, "--disk", "disk=32MiB");
        Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
        using NbdPeer peer = NbdPeer.Enter(new UnixDomainSocketEndPoint(DisksPath), "disk");
        string uri = $"nbd+unix:///disk?socket={DisksPath}";
        string image = Path.Combine(_folder.FullName, "image");
        var noise = new byte[24 << 20];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(image, noise);
        var random = new Random(2);
        for (int i = 0; i < 30; i++)
        {
            using Process client = Process.Start(new ProcessStartInfo("nbdcopy", i % 2 == 0 ? [image, uri] : [uri, "/dev/null"]))!;
            long read = random.Next(0, 64);
            for (long j = 0; j < read; j++)
            {
                peer.ReadDisk(25 << 20, 64 << 10);
            }

            client.Kill();
            await client.WaitForExitAsync();
            peer.WriteDisk(25 << 20, noise[..PageBytes]);
            Assert.Equal(noise[..PageBytes], peer.ReadDisk(25 << 20, PageBytes));
        }

        using (Process client = Process.Start("nbdcopy", [image, uri]))
        {
            await client.WaitForExitAsync();
            Assert.Equal(0, client.ExitCode);
        }

        Assert.True(noise.AsSpan().SequenceEqual(peer.ReadDisk(0, noise.Length)));
        Assert.Equal(0, await ToolProcess.TerminateAsync(daemon));
    }

    /// <summary>Writes pages of its own, each with a number that grows, until the daemon is gone.</summary>
    private void Write(int number, int[] answered, Func<bool> isToKill, Process daemon)
    {
        var random = new Random(number);
        var page = new byte[PageBytes];
        try
        {
            using NbdPeer cache = NbdPeer.Enter(new UnixDomainSocketEndPoint(DisksPath), "cache");
            using NbdPeer disk = NbdPeer.Enter(new UnixDomainSocketEndPoint(DisksPath), "disk");
            while (true)
            {
                int own = (random.Next(answered.Length / 4) * 4) + number;
                BitConverter.TryWriteBytes(page, answered[own] + 1);
                cache.WriteDisk((long)own * PageBytes, page);
                answered[own]++;
                random.NextBytes(page);
                disk.WriteDisk(random.Next(4096) * (long)PageBytes, page);
                if (isToKill())
                {
                    daemon.Kill();
                }
            }
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            // The daemon is gone, as it was to be.
        }
    }

    private Process Start(params string[] arguments) => ToolProcess.Start(["serve", "--socket", SocketPath, .. arguments]);
}
