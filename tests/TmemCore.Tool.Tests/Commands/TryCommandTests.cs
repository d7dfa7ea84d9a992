using System.Globalization;
using System.Text.Json;
using Xunit;

namespace TmemCore.Tool.Tests.Commands;

public sealed class TryCommandTests
{
    private static readonly int[] s_sizes = [1_500_000, 700_001, 4096, 1, 300_000, 0, 900_000, 12_345, 650_000, 65_536];

    private static readonly string[] s_fields =
    [
        "pages", "pagesVerified", "pagesWrong", "diskReads", "diskReadsAvoided", "hitRatio", "bytesPerPage",
        "putNsP50", "putNsP99", "getNsP50", "getNsP99", "seconds",
    ];

    [Fact]
    public async Task Every_page_that_comes_back_is_verified()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(1, s_sizes);

        using JsonDocument document = await JsonOf("try", folder.FullName, "--memory", "1MiB", "--guest-cache", "256KiB", "--json");
        JsonElement json = document.RootElement;

        Assert.Equal(s_fields, json.EnumerateObject().Select(static field => field.Name));
        Assert.Equal(s_sizes.Sum(static size => (size + 4095) / 4096), json.GetProperty("pages").GetInt64());
        long avoided = json.GetProperty("diskReadsAvoided").GetInt64();
        long reads = json.GetProperty("diskReads").GetInt64();
        Assert.True(avoided > 0 && reads > 0, $"Avoided {avoided}, read {reads}.");
        Assert.Equal((double)avoided / (avoided + reads), json.GetProperty("hitRatio").GetDouble(), 5);
        Assert.True(json.GetProperty("pagesVerified").GetInt64() >= avoided);
        Assert.Equal(0, json.GetProperty("pagesWrong").GetInt64());
        Assert.InRange(json.GetProperty("bytesPerPage").GetDouble(), 4096, 8192);
        Assert.True(json.GetProperty("putNsP50").GetDouble() <= json.GetProperty("putNsP99").GetDouble());
        Assert.True(json.GetProperty("getNsP50").GetDouble() <= json.GetProperty("getNsP99").GetDouble());
        Assert.True(json.GetProperty("getNsP50").GetDouble() > 0 && json.GetProperty("seconds").GetDouble() > 0);
    }

    [Fact]
    public async Task With_memory_for_everything_no_page_is_read_twice()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(2, s_sizes);

        using JsonDocument json = await JsonOf("try", folder.FullName, "--memory", "16MiB", "--guest-cache", "128KiB", "--json");

        Assert.Equal(0, json.RootElement.GetProperty("diskReads").GetInt64());
        Assert.Equal(1, json.RootElement.GetProperty("hitRatio").GetDouble());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_reads()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(3, s_sizes);

        Assert.Equal(await ReadsOf("7"), await ReadsOf("7"));
        Assert.NotEqual(await ReadsOf("7"), await ReadsOf("8"));

        async Task<(long, long)> ReadsOf(string seed)
        {
            using JsonDocument json = await JsonOf("try", folder.FullName, "--memory", "1MiB", "--seed", seed, "--json");
            return (json.RootElement.GetProperty("diskReads").GetInt64(), json.RootElement.GetProperty("pagesVerified").GetInt64());
        }
    }

    [Fact]
    public async Task People_get_a_table_and_a_chart_in_plain_text()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(4, s_sizes);

        ToolOutcome outcome = await Tool.RunAsync("try", folder.FullName, "--memory", "1MiB");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.DoesNotContain('\u001b', outcome.Output);
        Assert.StartsWith("9 files, 1,013 pages of 4 KiB", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Disk reads avoided   ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Hit ratio over time:", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("Every page that came back was right.", outcome.OutputLines[^1]);
        Assert.All(outcome.OutputLines, static line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task A_page_that_comes_back_wrong_makes_the_exit_code_1()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(5, s_sizes);
        int back = 0;

        ToolOutcome outcome = await Tool.RunAsync(
            page => page[4095] ^= (byte)(++back == 10 ? 1 : 0), "try", folder.FullName, "--memory", "1MiB");

        Assert.True(back > 10);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("1 page came back wrong.", outcome.OutputLines[^1]);
    }

    [Fact]
    public async Task One_file_will_do()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("one.txt", new string('x', 20_000));

        using JsonDocument json = await JsonOf("try", file, "--json", "--passes", "1");

        Assert.Equal(5, json.RootElement.GetProperty("pages").GetInt64());
    }

    [Fact]
    public async Task A_missing_path_is_named()
    {
        ToolOutcome outcome = await Tool.RunAsync("try", "no-such-folder");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("\"no-such-folder\"", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task An_empty_folder_is_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("nothing.txt", "");

        ToolOutcome outcome = await Tool.RunAsync("try", folder.FullName, "--json");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(folder.FullName, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Theory]
    [InlineData("--memory", "12MB", "KiB")]
    [InlineData("--memory", "1KiB", "1 MiB to 8 TiB")]
    [InlineData("--memory", "4000000TiB", "1 MiB to 8 TiB")]
    [InlineData("--memory", "7TiB", "too much for this machine")]
    [InlineData("--guest-cache", "much", "KiB")]
    [InlineData("--guest-cache", "1", "4 KiB to 8 TiB")]
    [InlineData("--passes", "0", "1 to 1000")]
    [InlineData("--passes", "x", "1 to 1000")]
    [InlineData("--seed", "1.5", "whole number")]
    public async Task A_wrong_option_is_refused_with_what_would_be_right(string option, string value, string right)
    {
        using var folder = new TemporaryFolder();
        folder.Write("one.txt", "content");

        ToolOutcome outcome = await Tool.RunAsync("try", folder.FullName, option, value);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(option, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(right, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    private static async Task<JsonDocument> JsonOf(params string[] args)
    {
        ToolOutcome outcome = await Tool.RunAsync(args);
        Assert.True(outcome.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{outcome.ExitCode}: {outcome.Error}"));
        Assert.Single(outcome.OutputLines);
        return JsonDocument.Parse(outcome.Output);
    }
}
