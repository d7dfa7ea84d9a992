using System.CommandLine;
using System.Reflection;
using System.Runtime.Versioning;
using System.Text.Json;
using TmemCore.Tool.Commands;
using TmemCore.Tool.Serving;
using TmemCore.Tool.SwapSafety;
using TmemCore.Tool.Terminal;
using Xunit;

namespace TmemCore.Tool.Tests.Packaging;

/// <summary>What comes with the binary fits it: the example settings, the unit's command line, the tables of the README.</summary>
[SupportedOSPlatform("linux")]
public sealed class PackagingTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Packaging");

    [Fact]
    public void The_example_settings_are_read_and_all_of_them_make_sense()
    {
        var settings = ServeSettings.Read(Path.Combine(s_folder, "tmem.json"));
        Assert.Equal(1L << 30, settings.HostOptions().CapacityBytes);
        Assert.Equal("/run/tmem/tmem.sock", settings.ServerOptions().SocketPath);
        Assert.Equal([true, false], settings.ServerOptions().Access.Select(static rule => rule.MayControl));
        Assert.Equal(new SwapSafetyOptions(), settings.SafetyOptions());
        Assert.Equal("127.0.0.1:9464", settings.Metrics!.ToOptions().Prometheus!.ToString());
    }

    [Fact]
    public void The_settings_that_the_example_has_in_comments_are_known_too()
    {
        string text = File.ReadAllText(Path.Combine(s_folder, "tmem.json"));
        using var folder = new TemporaryFolder();
        var settings = ServeSettings.Read(folder.Write("a.json", text.Replace("// \"otlp\"", "\"otlp\"", StringComparison.Ordinal)));
        Assert.Equal("http://127.0.0.1:4318/v1/metrics", settings.Metrics!.ToOptions().Otlp!.AbsoluteUri);
    }

    [Fact]
    public void The_unit_runs_a_command_line_that_is_understood_in_the_folder_that_the_settings_name()
    {
        string[] unit = File.ReadAllLines(Path.Combine(s_folder, "tmem.service"));
        string line = unit.Single(static line => line.StartsWith("ExecStart=", StringComparison.Ordinal))["ExecStart=".Length..];
        string[] words = line.Split(' ');
        Assert.Equal("/usr/local/bin/tmem", words[0]);
        var command = new TmemCommand(new ToolConsole(TextWriter.Null, TextWriter.Null, isInteractive: false));
        ParseResult parsed = command.Parse(words[1..]);
        Assert.Empty(parsed.Errors);
        Assert.Equal("serve", parsed.CommandResult.Command.Name);
        Assert.Contains("RuntimeDirectory=tmem", unit);
        Assert.Contains("Type=notify", unit);
        Assert.Contains("LimitMEMLOCK=infinity", unit);
        Assert.Contains($"RestartPreventExitStatus={ExitCode.Usage}", unit);
        Assert.Contains($"OOMScoreAdjust={SwapSafetyOptions.ShieldedScore}", unit);
    }

    [Fact]
    public void Every_option_and_every_setting_has_a_line_with_an_example_in_the_readme()
    {
        string[] section = [.. File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Documents", "README.md"))
            .SkipWhile(static line => line != "### tmem serve").Skip(1).TakeWhile(static line => !line.StartsWith("### ", StringComparison.Ordinal))];
        string[] rows = [.. section.Where(static line => line.StartsWith("| `", StringComparison.Ordinal))];
        Assert.All(rows, static row => Assert.Equal(4, row.Trim('|', ' ').Split(" | ").Length));
        string names = string.Join('\n', rows.Select(static row => row.Split(" | ")[0]));

        var command = new ServeCommand(new ToolConsole(TextWriter.Null, TextWriter.Null, isInteractive: false));
        Assert.All(command.Options.Select(static option => option.Name).Where(static name => name != "--help"), name =>
            Assert.Matches($@"`{name}[ `]", names));
        Assert.All(NamesOf<ServeSettings>(), name => Assert.Matches($@"`{name}[`.]", names));
        Assert.All(NamesOf<ServeAccess>(), name => Assert.Contains($".{name}`", names, StringComparison.Ordinal));
        Assert.All(NamesOf<ServeMetrics>(), name => Assert.Contains($".{name}`", names, StringComparison.Ordinal));
    }

    private static IEnumerable<string> NamesOf<T>() =>
        typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
}
