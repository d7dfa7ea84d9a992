using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace TmemCore.Generators.Tests.Publish;

/// <summary>The native form of the command, as its archive ships it: a daemon, and an operator's commands against it.</summary>
public sealed class NativeToolTests : IDisposable
{
    private static readonly Dictionary<string, string> s_nothing = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("tmem-native-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PublishFact(needsLinker: true)]
    public async Task The_archive_has_a_binary_that_serves_is_watched_and_controlled_and_a_unit_that_is_right()
    {
        string tmem = await UnpackAsync();
        string folder = Path.GetDirectoryName(tmem)!;
        Assert.Equal(
            ["DOTNET-NOTICES.txt", "LICENSE", "THIRD-PARTY-NOTICES.txt", "daemon.md", "swap.md", "tmem", "tmem.json", "tmem.service", "tmem.sysusers.conf"],
            Directory.GetFiles(folder).Select(static file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        await CheckUnitAsync(tmem);

        string socket = Path.Combine(_folder, "s");
        string settings = Path.Combine(_folder, "settings.json");
        File.WriteAllText(settings, $$"""
            {
              "socket": "{{socket}}", "memory": "16MiB", "compression": "zstd", "prefault": true, "managedHeap": "128MiB", "outOfMemoryScore": 600,
              "metrics": { "prometheus": "127.0.0.1:0" },
            }
            """);
        using Process daemon = StartAsUnit(tmem, settings, out Socket told);
        using Socket notifications = told;
        Assert.Equal($"Serving 16 MiB at {socket}, 1,024 connections at most, pages made smaller (Zstandard).", await daemon.StandardOutput.ReadLineAsync());
        Assert.Contains("READY=1", Words(notifications), StringComparison.Ordinal);
        for (int i = 0; i < 2; i++)
        {
            await daemon.StandardOutput.ReadLineAsync();
        }

        string watch = (await daemon.StandardOutput.ReadLineAsync())!;
        using var web = new HttpClient();
        string address = watch[watch.IndexOf("http", StringComparison.Ordinal)..watch.IndexOf("/metrics", StringComparison.Ordinal)];
        Assert.Equal("alive\n", await web.GetStringAsync(address + "/health"));
        Assert.Equal("ready\n", await web.GetStringAsync(address + "/ready"));
        Assert.Contains("tmem_memory_limit_bytes{", await web.GetStringAsync(address + "/metrics"), StringComparison.Ordinal);

        Assert.Matches(@"(?m)^C=CI:\d+,", await RunAsync(tmem, "list", "--all", "--socket", socket));
        Assert.Contains("\"clients\": [", await RunAsync(tmem, "list", "--all", "--format", "json", "--socket", socket), StringComparison.Ordinal);
        Assert.Equal("", await RunAsync(tmem, "freeze", "--all", "--socket", socket));
        Assert.Equal("", await RunAsync(tmem, "thaw", "--all", "--socket", socket));
        Assert.Contains("pages", await RunAsync(tmem, "top", "--count", "1", "--socket", socket), StringComparison.Ordinal);
        Assert.Matches(@"^\d+\n$", await RunAsync(tmem, "freeable", "--socket", socket));
        Assert.Equal("1024\n", await RunAsync(tmem, "flush", "1024", "--socket", socket));

        await Sdk.RunAsync("kill", _folder, s_nothing, "-TERM", daemon.Id.ToString(CultureInfo.InvariantCulture));
        string log = await daemon.StandardError.ReadToEndAsync();
        await daemon.WaitForExitAsync();
        Assert.Equal(0, daemon.ExitCode);
        Assert.Contains("Got an out-of-memory score of 600.", log, StringComparison.Ordinal);
        Assert.Contains("Got a managed heap of 128 MiB at most.", log, StringComparison.Ordinal);
        Assert.Contains("STOPPING=1", Words(notifications), StringComparison.Ordinal);
        Assert.False(File.Exists(socket));
    }

    /// <summary>As a unit's process has it: a parent of that name, and where to tell in its environment.</summary>
    private Process StartAsUnit(string tmem, string settings, out Socket told)
    {
        string notify = Path.Combine(_folder, "notify");
        told = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        told.Bind(new UnixDomainSocketEndPoint(notify));
        string parent = Path.Combine(_folder, "systemd");
        File.CreateSymbolicLink(parent, "/bin/sh");
        return Process.Start(new ProcessStartInfo(
            parent,
            ["-c", "trap 'kill -TERM $daemon' TERM; \"$@\" & daemon=$!; wait $daemon; wait $daemon", "unit", tmem, "serve", "--config", settings])
        {
            Environment = { ["NOTIFY_SOCKET"] = notify, ["WATCHDOG_USEC"] = "3600000000" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>All that has been told so far.</summary>
    private static string Words(Socket told)
    {
        var words = new StringBuilder();
        var word = new byte[4096];
        while (told.Available > 0)
        {
            words.Append(Encoding.ASCII.GetString(word, 0, told.Receive(word))).Append('\n');
        }

        return words.ToString();
    }

    /// <summary>Where systemd is installed, its own check of units has nothing to say.</summary>
    private async Task CheckUnitAsync(string tmem)
    {
        const string Checker = "/usr/bin/systemd-analyze";
        string unit = File.ReadAllText(Path.Combine(Path.GetDirectoryName(tmem)!, "tmem.service"));
        if (File.Exists(Checker))
        {
            string here = Path.Combine(_folder, "tmem.service");
            File.WriteAllText(here, unit.Replace("/usr/local/bin/tmem", tmem, StringComparison.Ordinal));
            Assert.Equal("", await Sdk.RunAsync("/bin/sh", _folder, s_nothing, "-c", $"{Checker} verify '{here}' 2>&1"));
        }
    }

    private Task<string> RunAsync(string tmem, params string[] words) => Sdk.RunAsync(tmem, _folder, s_nothing, words);

    /// <summary>Makes the archive, without a warning, and unpacks it.</summary>
    /// <returns>The path of the binary.</returns>
    private async Task<string> UnpackAsync()
    {
        string made = await Sdk.RunAsync(
            Path.Combine(Sdk.RepositoryRoot, "src/TmemCore.Tool/packaging/pack-native.sh"), _folder, s_nothing, RuntimeInformation.RuntimeIdentifier, _folder);
        string archive = made.Split('\n')[0];
        await Sdk.RunAsync("tar", _folder, s_nothing, "-xzf", archive);
        string folder = Path.Combine(_folder, Path.GetFileName(archive)[..^".tar.gz".Length]);
        return Path.Combine(folder, "tmem");
    }
}
