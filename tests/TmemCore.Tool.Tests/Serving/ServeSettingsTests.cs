using System.Runtime.Versioning;
using TmemCore.Server;
using TmemCore.Tool.Serving;
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
        Assert.Equal(
            new FallowMemoryOptions
            {
                ReserveBytes = 3 << 20, FloorBytes = 2 << 20, GrowBytesPerSecond = 5 << 20, Interval = TimeSpan.FromMilliseconds(250),
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
        Assert.False(new ServeSettings { Compression = "none" }.HostOptions().CompressByDefault);
        Assert.Equal(TmemServerOptions.DefaultSocketPath, settings.ServerOptions().SocketPath);
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
