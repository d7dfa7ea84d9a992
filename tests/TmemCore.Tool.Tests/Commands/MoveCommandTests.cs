using System.Text.Json;
using Xunit;

namespace TmemCore.Tool.Tests.Commands;

/// <summary>Clients of scripts' hosts that are saved, restored, looked through and moved.</summary>
public sealed class MoveCommandTests
{
    private const string Header = "# tmem-script 1 capacity=8MiB shards=1\n";

    private const string LongPath = "long path";

    private const string Client3 = Header +
        """
        client 3
        newpool 0 0 0x01000000	0
        newpool 0 0 0x01000001	1
        put 0 1 0 0 5 9	1
        put 1 1 0 0 6 9	1
        put 1 2 0 0 6 17	1
        tmem set 3 --weight 60

        """;

    [Fact]
    public async Task A_saved_client_comes_back_with_its_pages_and_without_those_that_may_be_dropped()
    {
        using var folder = new TemporaryFolder();
        string saved = Path.Combine(folder.FullName, "three.tmem");
        string script = folder.Write("a.txt", Client3 +
            $"""
            tmem save 3 {saved}
            tmem destroy 3
            tmem restore {saved}
            get 0 1 0 0 5	-1001
            get 1 1 0 0 6
            put 1 9 0 0 9 9	1
            """);

        ToolOutcome outcome = await Tool.RunAsync("list", "3", "-l", "--script", script);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.StartsWith("2 pages in 8.3 KiB; calls waited ", outcome.OutputLines[0], StringComparison.Ordinal);
        Assert.StartsWith("Client 3 runs here; its persistent pages take ", outcome.OutputLines[1], StringComparison.Ordinal);
        Assert.StartsWith("C=CI:3,ww:60,", outcome.OutputLines[2], StringComparison.Ordinal);
        Assert.StartsWith("P=CI:3,PI:1,PT:PP,U0:0,U1:0,Pc:3,", outcome.OutputLines[4], StringComparison.Ordinal);
        Assert.Contains(",gs:1,gt:1,", outcome.OutputLines[4], StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.FullName, "*.part"));
    }

    [Fact]
    public async Task A_number_that_is_taken_is_not_given_twice_unless_it_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        string saved = Path.Combine(folder.FullName, "three.tmem");
        string script = folder.Write("a.txt", Client3 + $"tmem save 3 {saved}\ntmem restore {saved}\ntmem restore {saved} --id 7\n");

        ToolOutcome outcome = await Tool.RunAsync("freeable", "--script", script);
        Assert.Equal(["Client 0 runs here", "Client 7 runs here"], outcome.OutputLines[1..3].Select(static line => line.Split(';')[0]));

        ToolOutcome taken = await Tool.RunAsync("restore", saved, "--id", "3", "--script", script);
        Assert.Equal(1, taken.ExitCode);
        Assert.Contains("3", taken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_saved_client_is_told_in_lines_and_in_json_without_a_host()
    {
        using var folder = new TemporaryFolder();
        string saved = Path.Combine(folder.FullName, "three.tmem");
        Assert.Equal(0, (await Tool.RunAsync("save", "3", saved, "--script", folder.Write("a.txt", Client3))).ExitCode);

        ToolOutcome lines = await Tool.RunAsync("inspect", saved);
        Assert.Equal("Client 3 \"3\", weight 60: 2 pages in 8.3 KiB, version 1; all sound.", lines.OutputLines[0]);
        Assert.Equal("1      persistent   -                  2", lines.OutputLines[^1]);

        using var json = JsonDocument.Parse((await Tool.RunAsync("inspect", saved, "--json")).Output);
        Assert.Equal(2, json.RootElement.GetProperty("pages").GetInt64());
        Assert.Equal("Persistent", json.RootElement.GetProperty("pools")[1].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_damaged_file_is_told_with_its_place_and_leaves_no_client()
    {
        using var folder = new TemporaryFolder();
        string saved = Path.Combine(folder.FullName, "three.tmem");
        string script = folder.Write("a.txt", Client3);
        await Tool.RunAsync("save", "3", saved, "--script", script);
        byte[] bytes = await File.ReadAllBytesAsync(saved);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(saved, bytes);

        ToolOutcome inspected = await Tool.RunAsync("inspect", saved);
        Assert.Equal(1, inspected.ExitCode);
        Assert.Contains("is wrong at byte ", inspected.Error, StringComparison.Ordinal);
        ToolOutcome restored = await Tool.RunAsync("restore", saved, "--script", script);
        Assert.Equal(1, restored.ExitCode);
        Assert.Contains("is wrong at byte ", restored.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Tool.RunAsync("inspect", saved + ".none")).ExitCode);
    }

    [Fact]
    public async Task A_save_that_fails_leaves_the_file_that_was_there()
    {
        using var folder = new TemporaryFolder();
        string saved = folder.Write("old", "old");
        ToolOutcome outcome = await Tool.RunAsync("save", "9", saved, "--script", folder.Write("a.txt", Client3));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("there is no client 9", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("old", await File.ReadAllTextAsync(saved));
        Assert.False(File.Exists(saved + ".part"));
    }

    [Fact]
    public async Task A_client_moves_from_one_script_to_another()
    {
        using var folder = new TemporaryFolder();
        string socket = Path.Combine(folder.FullName, "s");
        string target = folder.Write("b.txt", Header + $"tmem receive {socket} --id 5\nclient 5\nget 1 2 0 0 6\n");
        Task<ToolOutcome> receiving = Task.Run(() => Tool.RunAsync("list", "5", "-l", "--script", target));
        await UntilListening(socket);

        string source = folder.Write("a.txt", Client3 + $"tmem migrate 3 {socket}\n");
        ToolOutcome sent = await Tool.RunAsync("list", "--all", "--script", source);
        ToolOutcome received = await receiving;

        Assert.Equal((0, ""), (sent.ExitCode, sent.Error));
        Assert.StartsWith($"Client 3 runs at {socket}: 2 pages, ", sent.OutputLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(sent.OutputLines, static line => line.StartsWith("C=CI:3", StringComparison.Ordinal));
        Assert.Equal((0, ""), (received.ExitCode, received.Error));
        Assert.Equal($"Waiting at {socket}.", received.OutputLines[0]);
        Assert.StartsWith("C=CI:5,ww:60,", received.OutputLines[2], StringComparison.Ordinal);
        Assert.Contains(",gs:1,gt:1,", received.OutputLines[4], StringComparison.Ordinal);
        Assert.False(File.Exists(socket));
    }

    [Theory]
    [InlineData("nowhere", 2, "ADDRESS is \"nowhere\", which is not a path with a slash, of 107 bytes at most, or HOST:PORT.")]
    [InlineData(LongPath, 2, "of 107 bytes at most")]
    [InlineData("127.0.0.1:99999", 2, "HOST:PORT")]
    [InlineData("/nowhere/at.all", 1, "tmem: ")]
    public async Task An_address_that_leads_nowhere_leaves_the_client_where_it_is(string address, int exitCode, string message)
    {
        using var folder = new TemporaryFolder();
        address = address == LongPath ? "/" + new string('a', 107) : address;
        ToolOutcome outcome = await Tool.RunAsync("migrate", "3", address, "--script", folder.Write("a.txt", Client3));
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_taken_is_told_and_left_alone()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("s", "precious");
        ToolOutcome outcome = await Tool.RunAsync("receive", file, "--script", folder.Write("a.txt", Header));
        Assert.Equal((2, $"{file} is there already; remove it if nobody waits at it any more.\n"), (outcome.ExitCode, outcome.Error));
        Assert.Equal("precious", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task A_script_is_needed()
    {
        Assert.Contains("Give --script", (await Tool.RunAsync("save", "3", "x")).Error, StringComparison.Ordinal);
        Assert.Contains("Give --script", (await Tool.RunAsync("receive", "/x")).Error, StringComparison.Ordinal);
    }

    /// <summary>The file is there before anybody can connect; the kernel tells when somebody can.</summary>
    private static async Task UntilListening(string socket)
    {
        const string AcceptsConnections = " 00010000 ";
        while (!(await File.ReadAllLinesAsync("/proc/net/unix")).Any(line =>
            line.EndsWith(" " + socket, StringComparison.Ordinal) && line.Contains(AcceptsConnections, StringComparison.Ordinal)))
        {
            await Task.Delay(1);
        }
    }
}
