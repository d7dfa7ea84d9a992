using System.Globalization;
using System.IO.Compression;
using TmemCore.Tool.Tests.Replay;
using Xunit;

namespace TmemCore.Tool.Tests.Commands;

public sealed class ReplayCommandTests
{
    [Fact]
    public async Task A_line_is_written_for_each_trace()
    {
        ToolOutcome outcome = await Tool.RunAsync(
            "replay",
            GoldenFiles.PathOf("exact-faults-01.txt.gz"),
            GoldenFiles.PathOf("stat-zipf-01.txt.gz"),
            GoldenFiles.PathOf("Handwritten/memory.txt"));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Equal(3, outcome.OutputLines.Length);
        Assert.Matches("^exact-faults-01 +exact +4764 operations +0 mismatches +ok$", outcome.OutputLines[0]);
        Assert.Matches("^stat-zipf-01 +statistical +20000 operations +0 mismatches +hit rate [0-9.]+ % \\(reference 38.80 %\\) +ok$", outcome.OutputLines[1]);
        Assert.Matches("^memory +exact +51 operations +0 mismatches +ok$", outcome.OutputLines[2]);
    }

    [Fact]
    public async Task Oddities_of_the_reference_fail_nothing()
    {
        ToolOutcome outcome = await Tool.RunAsync("replay", GoldenFiles.PathOf("quirk-weights-01.txt.gz"));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("reported only", outcome.OutputLines[0], StringComparison.Ordinal);
        Assert.Equal(11, outcome.OutputLines.Length);
    }

    [Theory]
    [InlineData("embedded")]
    [InlineData("in-process")]
    public async Task Weights_taken_as_the_reference_took_them_leave_no_oddity(string port)
    {
        ToolOutcome outcome = await Tool.RunAsync(
            "replay", "--reversed-weights", "--port", port, GoldenFiles.PathOf("quirk-weights-01.txt.gz"));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches("^quirk-weights-01 +quirk +8494 operations +0 mismatches +ok$", outcome.OutputLines[0]);
    }

    [Fact]
    public async Task A_changed_expectation_is_told_with_its_line()
    {
        using var folder = new TemporaryFolder();
        string[] lines = ReadLines("exact-mixed-01.txt.gz");
        int[] changed = [.. Enumerable.Range(1, lines.Length - 2).Where(i => i % 400 == 7)];
        foreach (int line in changed)
        {
            int tab = lines[line].IndexOf('\t', StringComparison.Ordinal);
            lines[line] = $"{lines[line][..(tab + 1)]}-77 {lines[line][(tab + 1)..]}";
        }

        // A hit that is expected no longer is missing in the totals.
        int hits = lines.Count(static line => line.StartsWith("get ", StringComparison.Ordinal) && line.Contains("\t1 ", StringComparison.Ordinal));
        lines[^1] = $"# summary ops={lines.Length - 2} gets=0 hits={hits.ToString(CultureInfo.InvariantCulture)} eph_gets=0 eph_hits=0";
        ToolOutcome outcome = await Tool.RunAsync("replay", folder.Write("changed.txt", string.Join('\n', lines)));

        Assert.Equal(1, outcome.ExitCode);
        Assert.True(changed.Length > 10);
        Assert.Contains($" {changed.Length} mismatches  FAILED", outcome.OutputLines[0], StringComparison.Ordinal);
        Assert.Equal(11, outcome.OutputLines.Length);
        foreach ((string text, int line) in outcome.OutputLines.Skip(1).Zip(changed))
        {
            Assert.StartsWith($"    line {line + 1}: {lines[line].Split('\t')[0]}: expected -77 ", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Printed_results_are_the_traces_own_column()
    {
        string[] names = ["exact-mixed-01.txt.gz", "exact-migrate-meta-01.txt.gz", "Handwritten/pages.txt"];

        ToolOutcome outcome = await Tool.RunAsync(["replay", "--print", .. names.Select(GoldenFiles.PathOf)]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(names.SelectMany(ResultsOf), outcome.OutputLines);
    }

    [Theory]
    [InlineData("--shards", "3")]
    [InlineData("--shards", "0")]
    [InlineData("--shards", "x")]
    public async Task A_wrong_number_of_shards_is_refused(string option, string value)
    {
        ToolOutcome outcome = await Tool.RunAsync("replay", GoldenFiles.PathOf("exact-faults-01.txt.gz"), option, value);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--shards", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        ToolOutcome outcome = await Tool.RunAsync("replay", "no-such-trace.txt");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("no-such-trace.txt", outcome.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> ResultsOf(string name) => ReadLines(name)
        .Where(static line => !line.StartsWith('#'))
        .Select(static line => line[(line.IndexOf('\t', StringComparison.Ordinal) + 1)..]);

    private static string[] ReadLines(string name)
    {
        using Stream file = File.OpenRead(GoldenFiles.PathOf(name));
        using Stream text = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text);
        return reader.ReadToEnd().TrimEnd('\n').Split('\n');
    }
}
