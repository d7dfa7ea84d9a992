using System.CommandLine;
using System.Net;
using System.Runtime.Versioning;
using TmemCore.Server;
using TmemCore.Tool.Commands;
using TmemCore.Tool.Observability;
using TmemCore.Tool.Serving;
using TmemCore.Tool.SwapSafety;
using Xunit;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>The file of settings: what it may say, and what is said of what it may not.</summary>
[SupportedOSPlatform("linux")]
public sealed class ServeSettingsTests
{
    [Fact]
    public void Everything_can_be_set()
    {
        using var folder = new TemporaryFolder();
        var settings = ServeSettings.Read(folder.Write(
            "a.json",
            """
            {
              // Comments are allowed.
              "socket": "/run/x.sock", "mode": "0660", "memory": "32MiB", "compression": "zstd", "lockMemory": true, "maxConnections": 7,
              "swapSafe": true, "lockProcess": false, "prefault": false, "outOfMemoryScore": -5, "ioFlusher": false, "managedHeap": "1GiB",
              "metrics": { "prometheus": "[::1]:9464", "otlp": "https://collector:4318", "otlpSeconds": 5, "clients": true },
              "governor": { "reserve": "3MiB", "floor": "2MiB", "growPerSecond": "5MiB", "intervalMs": 250 },
              "access": [
                { "user": 5, "connect": false },
                { "group": 100, "control": true, "weight": 300, "cap": "1MiB", "allowance": "2MiB", "reservation": "1KiB",
                  "compression": "none", "maxConnections": 3, "sharedPools": ["00000000-0000-0001-0000-00000000000f"] },
              ],
            }
            """));

        TmemHostOptions host = settings.HostOptions();
        Assert.Equal((32L << 20, PageCompression.Zstandard, true, true), (host.CapacityBytes, host.Compression, host.CompressByDefault, host.LockMemory));
        Assert.True(host.ClientMetrics);
        Assert.Equal(
            new SwapSafetyOptions { LockProcess = false, Prefault = false, OutOfMemoryScore = -5, IoFlusher = false, ManagedHeapBytes = 1 << 30 },
            settings.SafetyOptions());
        MetricsOptions metrics = settings.Metrics!.ToOptions();
        Assert.Equal((new IPEndPoint(IPAddress.IPv6Loopback, 9464), TimeSpan.FromSeconds(5)), (metrics.Prometheus, metrics.OtlpInterval));
        Assert.Equal("https://collector:4318/v1/metrics", metrics.Otlp!.AbsoluteUri);
        Assert.Equal(
            new FallowMemoryOptions
            {
                ReserveBytes = 3 << 20,
                FloorBytes = 2 << 20,
                GrowBytesPerSecond = 5 << 20,
                Interval = TimeSpan.FromMilliseconds(250),
            },
            host.Governor);
        TmemServerOptions server = settings.ServerOptions();
        Assert.Equal(("/run/x.sock", 7), (server.SocketPath, server.MaxConnections));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, server.SocketMode);
        Assert.Equal((5u, false), (server.Access[0].UserId!.Value, server.Access[0].MayConnect));
        TmemAccess rule = server.Access[1];
        Assert.Equal((null, 100u, true, true, 3), (rule.UserId, rule.GroupId!.Value, rule.MayConnect, rule.MayControl, rule.MaxConnections));
        Assert.Equal(new PoolUuid(0xf, 1), Assert.Single(rule.SharedPools));
        Assert.Equal(
            new TmemClientOptions
            {
                Weight = 300,
                EphemeralCapBytes = 1 << 20,
                PersistentAllowanceBytes = 2 << 20,
                PersistentReservationBytes = 1 << 10,
                Compression = PageCompression.None,
            },
            rule.Terms);
    }

    [Fact]
    public void An_empty_file_serves_the_defaults()
    {
        using var folder = new TemporaryFolder();
        var settings = ServeSettings.Read(folder.Write("a.json", "{}"));
        Assert.True(settings.HostOptions().CapacityBytes >= TmemHostOptions.MinimumCapacityBytes);
        Assert.True(settings.HostOptions().CompressByDefault);
        Assert.Equal(new FallowMemoryOptions(), settings.HostOptions().Governor);
        Assert.Null(new ServeSettings { Governor = new() { Enabled = false, Reserve = "1GiB" } }.HostOptions().Governor);
        Assert.Null(new ServeSettings { SwapSafe = true }.HostOptions().Governor);
        Assert.Null(new ServeSettings { Prefault = true }.HostOptions().Governor);
        Assert.False(new ServeSettings { Compression = "none" }.HostOptions().CompressByDefault);
        Assert.Equal(TmemServerOptions.DefaultSocketPath, settings.ServerOptions().SocketPath);
    }

    [Fact]
    public void Safe_for_swap_is_all_of_it_and_nothing_is_the_default()
    {
        Assert.Equal(
            new SwapSafetyOptions
            {
                LockProcess = true,
                Prefault = true,
                OutOfMemoryScore = -1000,
                IoFlusher = true,
                ManagedHeapBytes = (64L << 20) + (10 * (512L << 10)),
            },
            new ServeSettings { SwapSafe = true, MaxConnections = 10 }.SafetyOptions());
        Assert.True(new ServeSettings { SwapSafe = true }.HostOptions().LockMemory);
        Assert.True(new ServeSettings { LockProcess = true }.HostOptions().LockMemory);
        Assert.Equal(new SwapSafetyOptions(), new ServeSettings().SafetyOptions());
        Assert.False(new ServeSettings().HostOptions().LockMemory);

        ServeSettings unlocked = new() { SwapSafe = true, LockMemory = false };
        Assert.Equal((false, false), (unlocked.SafetyOptions().LockProcess, unlocked.HostOptions().LockMemory));
    }

    [Theory]
    [InlineData("9464", "127.0.0.1:9464")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("0.0.0.0:80", "0.0.0.0:80")]
    [InlineData("[::1]:9464", "[::1]:9464")]
    public void A_port_alone_is_this_machines(string text, string address) =>
        Assert.Equal(address, new ServeMetrics { Prometheus = text }.ToOptions().Prometheus!.ToString());

    [Theory]
    [InlineData("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/metrics")]
    [InlineData("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/metrics")]
    [InlineData("https://example.com/otlp/metrics?a=b", "https://example.com/otlp/metrics?a=b")]
    public void A_collector_without_a_path_has_the_usual_one(string text, string address) =>
        Assert.Equal(address, new ServeMetrics { Otlp = text }.ToOptions().Otlp!.AbsoluteUri);

    [Fact]
    public void Options_come_before_the_file_and_what_is_not_given_is_the_files()
    {
        var flags = new ServeFlags();
        var command = new Command("serve");
        flags.AddTo(command);
        ServeSettings file = new()
        {
            Mode = "0600",
            Compression = "zstd",
            SwapSafe = true,
            LockMemory = true,
            Metrics = new() { Prometheus = "1", Otlp = "http://a", OtlpSeconds = 9, Clients = true },
        };

        Assert.Equal(file, flags.Over(file, command.Parse([])));
        ServeSettings over = flags.Over(file, command.Parse(
        [
            "--mode", "0660", "--compression", "none", "--max-connections", "3", "--swap-safe", "false", "--lock-memory", "--lock-process", "false",
            "--prefault", "--out-of-memory-score", "-7", "--io-flusher", "true", "--managed-heap", "1GiB", "--prometheus", "2", "--otlp", "http://b",
        ]));
        Assert.Equal(
            new ServeSettings
            {
                Mode = "0660",
                Compression = "none",
                MaxConnections = 3,
                SwapSafe = false,
                LockMemory = true,
                LockProcess = false,
                Prefault = true,
                OutOfMemoryScore = -7,
                IoFlusher = true,
                ManagedHeap = "1GiB",
                Metrics = new() { Prometheus = "2", Otlp = "http://b", OtlpSeconds = 9, Clients = true },
            },
            over);
    }

    [Theory]
    [InlineData("{", "")]
    [InlineData("{ \"memry\": \"1GiB\" }", "memry")]
    [InlineData("{ \"maxConnections\": \"many\" }", "maxConnections")]
    public async Task What_is_no_settings_is_named(string text, string named)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.json", text);
        ToolOutcome outcome = await Tool.RunAsync("serve", "--config", file);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(file, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"memory\": \"much\" }", "memory is \"much\", which is not bytes")]
    [InlineData("{ \"memory\": \"1KiB\" }", "CapacityBytes")]
    [InlineData("{ \"mode\": \"rw\" }", "mode is \"rw\", which is no octal number")]
    [InlineData("{ \"mode\": \"0990\" }", "mode is \"0990\"")]
    [InlineData("{ \"compression\": \"zip\" }", "compression is \"zip\"; it may be none, same-filled, lz4 or zstd")]
    [InlineData("{ \"maxConnections\": 0 }", "MaxConnections is 0")]
    [InlineData("{ \"governor\": { \"reserve\": \"some\" } }", "governor.reserve is \"some\", which is not bytes")]
    [InlineData("{ \"governor\": { \"growPerSecond\": \"1KiB\" } }", "GrowBytesPerSecond is 1,024")]
    [InlineData("{ \"memory\": \"2MiB\", \"governor\": { \"floor\": \"3MiB\" } }", "FloorBytes is 3,145,728")]
    [InlineData("{ \"governor\": { \"intervalMs\": 9 } }", "governor.intervalMs is 9; it may be 10 to 10,000")]
    [InlineData("{ \"access\": [{ \"cap\": \"x\" }] }", "access.cap is \"x\"")]
    [InlineData("{ \"access\": [{ \"maxConnections\": 0 }] }", "access.maxConnections is 0")]
    [InlineData("{ \"access\": [{ \"weight\": -1 }] }", "Weight is -1")]
    [InlineData("{ \"access\": [null] }", "access has a null")]
    [InlineData("{ \"outOfMemoryScore\": 1001 }", "outOfMemoryScore is 1001; it may be -1000 to 1000")]
    [InlineData("{ \"lockProcess\": true, \"lockMemory\": false }", "lockProcess is true and lockMemory is false")]
    [InlineData("{ \"managedHeap\": \"little\" }", "managedHeap is \"little\", which is not bytes")]
    [InlineData("{ \"metrics\": { \"prometheus\": \"127.0.0.1\" } }", "metrics.prometheus is \"127.0.0.1\"; it may be a port")]
    [InlineData("{ \"metrics\": { \"prometheus\": \"::1\" } }", "metrics.prometheus is \"::1\"; it may be a port")]
    [InlineData("{ \"metrics\": { \"prometheus\": \"host:9464\" } }", "metrics.prometheus is \"host:9464\"; it may be a port")]
    [InlineData("{ \"metrics\": { \"otlp\": \"collector:4318\" } }", "metrics.otlp is \"collector:4318\"; it may be an address of HTTP")]
    [InlineData("{ \"metrics\": { \"otlpSeconds\": 0 } }", "metrics.otlpSeconds is 0; it may be 1 to 86400")]
    [InlineData("{ \"access\": [{ \"sharedPools\": [\"ffffffff-ffff-ffff-ffff-ffffffffffff\"] }] }", "SharedPools")]
    public async Task A_setting_out_of_its_range_is_named(string text, string message)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.json", text);
        ToolOutcome outcome = await Tool.RunAsync("serve", "--config", file, "--socket", Path.Combine(folder.FullName, "s"));
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, outcome.ExitCode);
    }
}
