using System.Text.Json;
using TmemCore.Tool.Tests.Simulation;
using Xunit;

namespace TmemCore.Tool.Tests.Commands;

public sealed class SimulateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task People_get_a_line_for_each_policy_and_a_column_for_each_size()
    {
        ToolOutcome outcome = await Tool.RunAsync("simulate", WriteLoop(), "--size", "100", "--size", "404KiB");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Matches(@"^loop\.lis \(lis\): 5,000 requests in [0-9.]+ s\. A get leaves the page\.$", outcome.OutputLines[0]);
        Assert.Equal("misses in %   100 pages   101 pages         bookkeeping", outcome.OutputLines[2]);
        Assert.Equal("lru             100.000       2.020     28 bytes a page", outcome.OutputLines[3]);
        Assert.Equal("fifo            100.000       2.020     28 bytes a page", outcome.OutputLines[4]);
        Assert.Matches(@"^s3fifo +[0-9.]+ +2\.020   51\.5 bytes a page$", outcome.OutputLines[5]);
        Assert.Equal("optimum           2.980       2.020     36 bytes a page", outcome.OutputLines[6]);
        Assert.Equal(7, outcome.OutputLines.Length);
    }

    [Fact]
    public async Task Behind_a_guest_all_policies_are_shown_and_what_the_guest_had()
    {
        string path = _folder.Write("skewed.lis", Traces.Lis(Traces.Skewed(1, 2000, 300)));

        ToolOutcome outcome = await Tool.RunAsync("simulate", path, "--size", "50", "--exclusive", "--guest-cache", "20");

        Assert.Equal(0, outcome.ExitCode);
        Assert.EndsWith("A get takes the page out.", outcome.OutputLines[0], StringComparison.Ordinal);
        Assert.Matches(@"^A guest's cache of 20 pages had [0-9,]+ of them; the pools were asked for [0-9,]+\.$", outcome.OutputLines[1]);
        Assert.Equal(["lru", "fifo", "s3fifo", "s3fifo-gets", "optimum"], outcome.OutputLines.Skip(4).Select(static line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task Programs_get_one_object()
    {
        ToolOutcome outcome = await Tool.RunAsync("simulate", WriteLoop(), "--size", "100", "--policy", "optimum", "lru", "--engine", "--json");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Single(outcome.OutputLines);
        using var document = JsonDocument.Parse(outcome.Output);
        JsonElement json = document.RootElement;
        Assert.Equal(
            ["format", "exclusive", "guestCachePages", "requests", "guestHits", "gets", "seconds", "pools"],
            json.EnumerateObject().Select(static field => field.Name));
        Assert.Equal("lis", json.GetProperty("format").GetString());
        Assert.Equal(5000, json.GetProperty("requests").GetInt64());
        JsonElement[] pools = [.. json.GetProperty("pools").EnumerateArray()];
        Assert.Equal(["lru", "optimum", "engine-lru", "engine-s3fifo"], pools.Select(static pool => pool.GetProperty("policy").GetString()));
        Assert.Equal(
            ["policy", "pages", "pagesMax", "misses", "missRatio", "bytesPerPage", "pagesWrong"],
            pools[0].EnumerateObject().Select(static field => field.Name));
        Assert.Equal(5000, pools[0].GetProperty("misses").GetInt64());
        Assert.Equal(149, pools[1].GetProperty("misses").GetInt64());
        Assert.Equal(0.0298, pools[1].GetProperty("missRatio").GetDouble(), 6);
        Assert.Equal(0, pools[2].GetProperty("pagesWrong").GetInt64());
    }

    [Fact]
    public async Task A_small_engine_says_that_it_held_more()
    {
        ToolOutcome outcome = await Tool.RunAsync("simulate", WriteLoop(), "--size", "10", "--policy", "lru", "--engine");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"^The engine held [0-9]+ pages at most where 10 were wanted\.$", outcome.OutputLines[^1]);
    }

    [Fact]
    public async Task A_page_that_comes_back_wrong_makes_the_exit_code_1()
    {
        ToolOutcome outcome = await Tool.RunAsync(
            static page => page[0] ^= 1, "simulate", WriteLoop(), "--size", "200", "--policy", "lru", "--engine");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("came back wrong from the engine: 4,899.", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--size", "0", "1 to 268435456 pages")]
    [InlineData("--size", "268435457", "1 to 268435456 pages")]
    [InlineData("--size", "4095B", "1 to 268435456 pages")]
    [InlineData("--size", "much", "1 to 268435456 pages")]
    [InlineData("--guest-cache", "-1", "1 to 268435456 pages")]
    [InlineData("--policy", "mru", "s3fifo-gets")]
    [InlineData("--format", "arc", "oracleGeneral")]
    public async Task A_wrong_option_is_refused_with_what_would_be_right(string option, string value, string right)
    {
        ToolOutcome outcome = await Tool.RunAsync("simulate", WriteLoop(), "--size", "100", option, value);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(value, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(right, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task A_size_is_required()
    {
        ToolOutcome outcome = await Tool.RunAsync("simulate", WriteLoop());

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--size", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.lis", null, "missing.lis")]
    [InlineData("empty.lis", "", "holds no request")]
    [InlineData("wrong.lis", "1 1 0 1\nx 1 0 2\n", "line 2")]
    public async Task A_trace_that_cannot_be_read_is_named(string name, string? text, string message)
    {
        string path = text is null ? Path.Combine(_folder.FullName, name) : _folder.Write(name, text);

        ToolOutcome outcome = await Tool.RunAsync("simulate", path, "--size", "100");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(path, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    /// <summary>101 pages, again and again.</summary>
    private string WriteLoop() => _folder.Write("loop.lis", Traces.Lis(Traces.Loop(5000, 101)));
}
