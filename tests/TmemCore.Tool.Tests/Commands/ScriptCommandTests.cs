using System.CommandLine;
using System.Text.Json;
using TmemCore.Tool.Commands;
using TmemCore.Tool.Terminal;
using Xunit;

namespace TmemCore.Tool.Tests.Commands;

/// <summary>The commands of control on a host of this process, that a script is played on.</summary>
public sealed class ScriptCommandTests
{
    private const string Header = "# tmem-script 1 capacity=8MiB shards=1 shared_auth=1\n";

    /// <summary>Clients 1 and 2 with an ephemeral and a persistent pool each, and pages in both.</summary>
    private const string TwoClients =
        """
        client 1
        newpool 0 0 0x01000000	0
        newpool 0 0 0x01000001	1
        put 0 1 0 0 5 9	1
        put 1 1 0 0 6 9	1
        client 2
        newpool 0 0 0x01000001	0
        put 0 7 0 0 1 10

        """;

    [Fact]
    public async Task List_prints_the_lines_of_one_or_of_all()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.tmem", Header + TwoClients);

        ToolOutcome one = await Tool.RunAsync("list", "2", "--script", file);
        Assert.Equal((0, ""), (one.ExitCode, one.Error));
        Assert.Equal(["C=CI:2,ww:100,ca:0,co:0,fr:0,Tc:0,Ge:0,Pp:1,Gp:0", "P=CI:2,PI:0,PT:PP,U0:0,U1:0"], one.OutputLines);

        ToolOutcome all = await Tool.RunAsync("list", "-l", "-a", "--script", file);
        Assert.StartsWith("G=Tt:6,Te:0,", all.Output, StringComparison.Ordinal);
        Assert.Equal(2, all.OutputLines.Count(static line => line.StartsWith("C=", StringComparison.Ordinal)));
        Assert.Equal(3, all.OutputLines.Count(static line => line.Contains(",Pc:1,Pm:1,", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Commands_in_the_file_act_at_their_place()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.tmem", Header + TwoClients +
            """
            # Frozen: nothing new, but another page for an old one.
            tmem freeze 2
            put 0 7 0 0 2 11	-1000
            put 0 7 0 0 1 12	1
            tmem thaw --all
            put 0 7 0 0 2 11	1
            tmem set 2 --weight 60 --cap 3 --compress 1
            put 0 7 0 0 3 0	1
            tmem shared-auth 1 -u 00000000-0000-0001-0000-00000000000f -A 1
            client 1
            newpool 15 1 0x01000002	2
            tmem list 2
            tmem destroy 2
            """);

        ToolOutcome outcome = await Tool.RunAsync("list", "--all", "-l", "--script", file);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith("C=CI:2,ww:60,ca:3,co:1,fr:0,Tc:0,Ge:0,Pp:4,Gp:0\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("S=SI:0,PT:ES,U0:f,U1:1,SC:1,", outcome.Output, StringComparison.Ordinal);
        Assert.Single(outcome.OutputLines, static line => line.StartsWith("C=CI:2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Setting_one_thing_for_all_leaves_the_others_alone()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.tmem", Header + TwoClients +
            """
            tmem set 1 --weight 60
            tmem set 2 --weight 30
            tmem set --all --compress 1
            """);

        ToolOutcome outcome = await Tool.RunAsync("list", "--all", "--script", file);

        Assert.Contains("C=CI:1,ww:60,ca:0,co:1,", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("C=CI:2,ww:30,ca:0,co:1,", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Freeable_and_flush_tell_amounts()
    {
        using var folder = new TemporaryFolder();
        string pages = string.Concat(Enumerable.Range(0, 600).Select(static i => $"put 0 1 0 0 {i} {(i * 8) + 1}\t1\n"));
        string file = folder.Write("a.tmem", Header + "client 1\nnewpool 0 0 0x01000000\n" + pages);

        ToolOutcome freeable = await Tool.RunAsync("freeable", "--script", file);
        Assert.InRange(int.Parse(freeable.Output, System.Globalization.CultureInfo.InvariantCulture), 2, 8);

        ToolOutcome flush = await Tool.RunAsync("flush", "2048", "--script", file);
        Assert.Equal("2048\n", flush.Output.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("put 0 1 0 0 5 9\t0", 1, "a.tmem, line 10: put 0 1 0 0 5 9: expected 0, got 1")]
    [InlineData("tmem freeze 9", 1, "there is no client 9; there are 1, 2.")]
    [InlineData("tmem list", 2, "a.tmem, line 10: Give the number of a client, or --all for all clients.")]
    [InlineData("tmem fly 2", 2, "a.tmem, line 10: ")]
    [InlineData("hop 1 2", 2, "a.tmem, line 10: \"hop 1 2\" is no operation")]
    [InlineData("put 1 2", 2, "a.tmem, line 10: \"put\" takes 6 numbers; there are 2")]
    public async Task What_does_not_work_is_told_with_its_line(string line, int exitCode, string message)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.tmem", Header + TwoClients + line + "\n");

        ToolOutcome outcome = await Tool.RunAsync("list", "--all", "--script", file);

        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(exitCode, outcome.ExitCode);
    }

    [Theory]
    [InlineData("", "a script begins with")]
    [InlineData("# tmem-script 1 capacity=much\n", "the option capacity=much is not bytes, or a number with KiB")]
    [InlineData("# tmem-script 1 colour=red\n", "the option \"colour=red\" is not known; there are capacity, ")]
    [InlineData("# tmem-script 1 profile=zen\n", "the option profile=zen is not default or xen")]
    [InlineData("# tmem-script 1 capacity=1KiB\n", "a host that cannot be made")]
    [InlineData("# tmem-script 1 shards=3\n", "a host that cannot be made")]
    public async Task A_first_line_that_is_none_is_refused(string content, string message)
    {
        using var folder = new TemporaryFolder();
        ToolOutcome outcome = await Tool.RunAsync("freeable", "--script", folder.Write("a.tmem", content));
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, outcome.ExitCode);
    }

    [Fact]
    public async Task Tables_are_for_people_and_json_for_programs()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.tmem", Header + TwoClients + "tmem freeze 2\n");

        ToolOutcome table = await Tool.RunAsync("list", "--all", "--format", "table", "--script", file);
        Assert.StartsWith("3 pages in 3 objects, 1 of them ephemeral; ", table.Output, StringComparison.Ordinal);
        Assert.Contains(table.OutputLines, static line => line.StartsWith("2        frozen      100         -           0            1 ", StringComparison.Ordinal));
        Assert.Contains(table.OutputLines, static line => line.StartsWith("1        1      persistent       1 ", StringComparison.Ordinal));

        Assert.Contains(table.OutputLines, static line => line.EndsWith(" of 8 MiB that it may hold: nothing moves the limit.", StringComparison.Ordinal));

        using var json = JsonDocument.Parse((await Tool.RunAsync("list", "--all", "--format", "json", "--script", file)).Output);
        Assert.Equal(3, json.RootElement.GetProperty("host").GetProperty("pages").GetInt64());
        JsonElement memory = json.RootElement.GetProperty("memory");
        Assert.Equal((8L << 20, "NoGovernor"), (memory.GetProperty("targetBytes").GetInt64(), memory.GetProperty("reason").GetString()));
        Assert.InRange(memory.GetProperty("committedBytes").GetInt64(), 1, 8 << 20);
        Assert.Equal("nothing moves the limit", memory.GetProperty("why").GetString());
        JsonElement second = json.RootElement.GetProperty("clients")[1];
        Assert.Equal((2, true), (second.GetProperty("id").GetInt32(), second.GetProperty("isFrozen").GetBoolean()));
        Assert.Equal(1, json.RootElement.GetProperty("pools")[2].GetProperty("counts").GetProperty("putsStored").GetInt64());
    }

    [Fact]
    public async Task Top_looks_as_often_as_it_is_told_while_the_script_plays()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.tmem", Header + TwoClients);

        ToolOutcome outcome = await Tool.RunAsync("top", "--count", "3", "--interval", "0.1", "--sort", "id", "--script", file);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(3, outcome.OutputLines.Count(static line => line.Contains(" frames free", StringComparison.Ordinal)));
        Assert.Equal(3, outcome.OutputLines.Count(static line => line.StartsWith("client   state", StringComparison.Ordinal)));
        Assert.Equal(2, (await Tool.RunAsync("top", "--interval", "0", "--script", file)).ExitCode);
        Assert.Equal(2, (await Tool.RunAsync("top", "--count", "0", "--script", file)).ExitCode);
        Assert.Contains("--count takes a whole number", (await Tool.RunAsync("top", "--count", "many", "--script", file)).Error, StringComparison.Ordinal);
        Assert.Contains("--interval is \"often\"; it may be 0.1 to 3600 seconds.", (await Tool.RunAsync("top", "--interval", "often", "--script", file)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_is_a_script_too()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write(
            "a.txt",
            """
            # tmem-golden 1 theme=x class=exact arena=400 metafree=1 compress=0 dedup=0 tze=0 shared_auth=0 maxpages=10
            client 4	0
            newpool 0 0 0x01000000	0
            # summary ops=2 gets=0 hits=0 eph_gets=0 eph_hits=0
            """);
        ToolOutcome outcome = await Tool.RunAsync("list", "4", "--script", file);
        Assert.Equal("P=CI:4,PI:0,PT:EP,U0:0,U1:0", outcome.OutputLines[1]);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0000000000000100000000000000020F")]
    [InlineData("{00000000-0000-0100-0000-000000000200}")]
    [InlineData("00000000-0000-0100-0000-00000000020g")]
    public async Task A_uuid_has_36_characters(string uuid)
    {
        ToolOutcome outcome = await Tool.RunAsync("shared-auth", "1", "-u", uuid, "-A", "1", "--script", "none");
        Assert.Contains("--uuid takes 36 characters", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(2, outcome.ExitCode);
    }

    [Fact]
    public async Task Missing_files_and_options_are_told()
    {
        ToolOutcome missing = await Tool.RunAsync("freeable", "--script", "/nowhere/at.all");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("/nowhere/at.all", missing.Error, StringComparison.Ordinal);
        ToolOutcome alone = await Tool.RunAsync("freeable", "--socket", "/nowhere/tmem.sock");
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("Nobody serves tmem at /nowhere/tmem.sock", alone.Error, StringComparison.Ordinal);
        Assert.Contains("not both", (await Tool.RunAsync("freeable", "--socket", "a", "--script", "b")).Error, StringComparison.Ordinal);
        Assert.Contains("at least one of --weight", (await Tool.RunAsync("set", "1", "--script", "x")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_has_examples_that_can_be_parsed()
    {
        var root = new TmemCommand(new ToolConsole(TextWriter.Null, TextWriter.Null, isInteractive: false));
        foreach (ToolCommand command in new StoreLink(new ToolConsole(TextWriter.Null, TextWriter.Null, isInteractive: false)).CreateCommands())
        {
            Assert.All(command.Examples, example => Assert.Empty(root.Parse(example.CommandLine["tmem ".Length..]).Errors));
        }
    }
}
