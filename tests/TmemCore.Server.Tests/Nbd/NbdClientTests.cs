using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TmemCore.Server.Nbd;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>Clients that others have written find disks here that are disks.</summary>
public sealed class NbdClientTests : IAsyncLifetime
{
    private const int SizeBytes = 64 << 20;

    private readonly string _backing = Path.GetTempFileName();
    private ServedDisks _served = null!;

    public async Task InitializeAsync()
    {
        await using (FileStream file = File.OpenWrite(_backing))
        {
            file.SetLength(SizeBytes);
        }

        _served = new(
            new() { CapacityBytes = 100L << 20, CompressByDefault = true },
            new PersistentDiskOptions { Name = "disk", SizeBytes = SizeBytes },
            new PersistentDiskOptions { Name = "spilling", SizeBytes = SizeBytes, SpillPath = ServedDisks.Here, AllowanceBytes = 8 << 20 },
            new CacheDiskOptions { Name = "cache", Backing = _backing, CapBytes = 16 << 20 });
    }

    public async Task DisposeAsync()
    {
        Assert.Empty(_served.Host.Verify());
        await _served.DisposeAsync();
        File.Delete(_backing);
    }

    [NbdClientsFact]
    public void Nbdinfo_finds_the_exports_and_what_they_can_do()
    {
        string list = Run("nbdinfo", "--list", "--json", UriOf(""));
        using var found = JsonDocument.Parse(list);
        JsonElement[] exports = [.. found.RootElement.GetProperty("exports").EnumerateArray()];
        Assert.Equal(["disk", "spilling", "cache"], exports.Select(static export => export.GetProperty("export-name").GetString()));
        Assert.All(exports, static export =>
        {
            Assert.Equal(SizeBytes, export.GetProperty("export-size").GetInt64());
            foreach (string ability in (string[])["can_multi_conn", "can_flush", "can_fua", "can_trim", "can_zero", "can_cache", "can_df", "can_fast_zero"])
            {
                Assert.True(export.GetProperty(ability).GetBoolean(), ability);
            }

            Assert.Equal((1, 4096, 32 << 20), (
                export.GetProperty("block_size_minimum").GetInt32(),
                export.GetProperty("block_size_preferred").GetInt32(),
                export.GetProperty("block_size_maximum").GetInt32()));
        });

        using NbdPeer peer = _served.Enter("disk");
        peer.WriteDisk(1 << 20, Pages.Of(1));
        using var map = JsonDocument.Parse(Run("nbdinfo", "--map", "--json", UriOf("disk")));
        Assert.Equal(
            [(0L, 1L << 20, 3), (1L << 20, 4096L, 0), ((1L << 20) + 4096, SizeBytes - (1L << 20) - 4096, 3)],
            map.RootElement.EnumerateArray().Select(static extent =>
                (extent.GetProperty("offset").GetInt64(), extent.GetProperty("length").GetInt64(), extent.GetProperty("type").GetInt32())));
    }

    [NbdClientsFact]
    public void Qemu_io_writes_patterns_and_finds_them()
    {
        foreach (string name in (string[])["disk", "spilling", "cache"])
        {
            string output = Run(
                "qemu-io", "-f", "raw",
                "-c", "write -P 0x11 0 1M", "-c", "write -P 0x22 512k 4k", "-c", "write -P 0x33 1000k 3000", "-c", "aio_write -P 0x44 8M 2M",
                "-c", "aio_write -P 0x55 16M 2M", "-c", "aio_flush", "-c", "write -z 100k 64k", "-c", "write -z -u 200k 64k", "-c", "discard 300k 64k", "-c", "flush",
                "-c", "write -f -P 0x66 5000 100",
                "-c", "read -P 0x22 512k 4k", "-c", "read -P 0x44 8M 2M", "-c", "read -P 0x55 16M 2M", "-c", "read -P 0 100k 64k", "-c", "read -P 0 200k 64k",
                "-c", "read -P 0x11 0 5000", "-c", "read -P 0x66 5000 100", "-c", "read -P 0x11 5100 97300", "-c", "read -P 0 32M 4M",
                UriOf(name));
            Assert.DoesNotContain("Pattern verification failed", output, StringComparison.Ordinal);
            Assert.DoesNotContain("failed", output, StringComparison.OrdinalIgnoreCase);
        }
    }

    [NbdClientsFact]
    public void Images_are_converted_copied_and_compared()
    {
        string image = Path.Combine(_served.Folder, "image.raw");
        MakeImage(image);
        string back = image + ".back";
        foreach (string name in (string[])["disk", "spilling", "cache"])
        {
            Run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", image, UriOf(name));
            Assert.Contains("Images are identical", Run("qemu-img", "compare", "-f", "raw", "-F", "raw", image, UriOf(name)), StringComparison.Ordinal);
            Run("nbdcopy", UriOf(name), back);
            Assert.True(File.ReadAllBytes(image).AsSpan().SequenceEqual(File.ReadAllBytes(back)), name);

            Run("qemu-io", "-f", "raw", "-c", "discard 0 64M", "-c", "write -z 0 64M", UriOf(name));
            Run("nbdcopy", "--connections=4", "--requests=32", image, UriOf(name));
            Run("nbdcopy", UriOf(name), back);
            Assert.True(File.ReadAllBytes(image).AsSpan().SequenceEqual(File.ReadAllBytes(back)), name);
        }
    }

    [NbdClientsFact]
    public void Fio_finds_what_it_wrote_by_its_checksums()
    {
        foreach (string name in (string[])["disk", "spilling", "cache"])
        {
            Run(
                "fio", "--name=verify", "--ioengine=nbd", $"--uri={UriOf(name)}", "--rw=randrw", "--bssplit=4k/60:64k/30:512/10", "--size=48M",
                "--iodepth=16", "--verify=crc32c", "--verify_fatal=1", "--randseed=7", "--output-format=json", "--verify_backlog=256", "--do_verify=1");
        }
    }

    [NbdClientsFact]
    public async Task Servers_of_others_stand_behind_a_cache()
    {
        const int ModelBytes = 5 << 20;
        string file = Path.Combine(_served.Folder, "behind.raw");
        await using (FileStream made = File.Create(file))
        {
            made.SetLength(ModelBytes);
        }

        string socket = Path.Combine(_served.Folder, "behind.sock");
        (string Program, string Name, string[] Arguments)[] servers =
        [
            ("nbdkit", "", ["--foreground", "--unix", socket, "memory", $"{ModelBytes}"]),
            ("nbdkit", "", ["--foreground", "--unix", socket, "--filter=noextents", "file", file]),
            ("qemu-nbd", "a b", ["--socket", socket, "--format", "raw", "--export-name", "a b", "--persistent", file]),
        ];
        foreach ((string program, string name, string[] arguments) in servers)
        {
            File.Delete(socket);
            using Process behind = Process.Start(program, arguments);
            while (!File.Exists(socket) && !behind.HasExited)
            {
                await Task.Delay(1);
            }

            await using var front = new ServedDisks(
                new() { CapacityBytes = 3L << 20 },
                new CacheDiskOptions { Name = "cache", Backing = $"nbd+unix:///{Uri.EscapeDataString(name)}?socket={socket}" });
            using NbdPeer peer = front.Enter("cache");
            Assert.Equal(ModelBytes, peer.SizeBytes);
            Assert.Equal(NbdError.None, peer.Do(NbdCommand.WriteZeroes, 0, ModelBytes).Error);
            var model = new DiskModel(ModelBytes, program.Length);
            for (int i = 0; i < 400; i++)
            {
                model.Step(peer);
            }

            model.CompareAll(peer);
            behind.Kill();
            await behind.WaitForExitAsync();
            Assert.Equal(NbdError.InputOutput, peer.Do(NbdCommand.Write, 0, 5, data: new byte[5]).Error);
        }
    }

    private string UriOf(string name) => $"nbd+unix:///{name}?socket={_served.Options.SocketPath}";

    /// <summary>An image with holes, text and noise, as disks are.</summary>
    private static void MakeImage(string path)
    {
        using FileStream image = File.Create(path);
        image.SetLength(SizeBytes);
        var random = new Random(11);
        var page = new byte[TmemPool.PageBytes];
        for (int i = 0; i < 6000; i++)
        {
            image.Position = random.Next(SizeBytes / page.Length) * (long)page.Length;
            Pages.FillMixed(page, (ulong)i);
            image.Write(page);
        }
    }

    private string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _served.Folder,
        })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(
            process.ExitCode == 0,
            string.Create(CultureInfo.InvariantCulture, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}\n{errors.Result}"));
        return output;
    }
}
