using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace TmemCore.Tool.Tests.Commands;

public sealed class DensityCommandTests
{
    private static readonly string[] s_fields =
    [
        "codec", "pages", "sameFilledPages", "wholePages", "payloadBytesPerPage", "arenaBytesPerPage",
        "arenaBytesPerPageChurned", "metadataBytesPerPage", "bytesPerPage", "bytesPerPageChurned", "pagesPerGiB", "ratio",
        "copyNs", "compressNs", "compressToCopy", "putNs", "getNs", "pagesWrong",
    ];

    [Fact]
    public async Task Every_page_is_kept_under_each_codec_and_comes_back_right()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);

        using JsonDocument document = await JsonOf("density", folder.FullName, "--json");

        JsonElement json = document.RootElement;
        Assert.Equal(1 + 200 + 100 + 50, json.GetProperty("pagesFound").GetInt32());
        JsonElement[] rows = [.. json.GetProperty("rows").EnumerateArray()];
        Assert.Equal(["lz4", "zstd"], rows.Select(static row => row.GetProperty("codec").GetString()!));
        foreach (JsonElement row in rows)
        {
            Assert.Equal(s_fields, row.EnumerateObject().Select(static field => field.Name));
            Assert.Equal(351, row.GetProperty("pages").GetInt32());
            Assert.Equal(0, row.GetProperty("pagesWrong").GetInt32());
            Assert.Equal(100, row.GetProperty("sameFilledPages").GetInt32());
            Assert.Equal(50, row.GetProperty("wholePages").GetInt32());
            double payload = row.GetProperty("payloadBytesPerPage").GetDouble();
            double bytes = row.GetProperty("bytesPerPage").GetDouble();
            double arena = row.GetProperty("arenaBytesPerPage").GetDouble();
            double metadata = row.GetProperty("metadataBytesPerPage").GetDouble();
            Assert.InRange(payload, 50 * 4096.0 / 351, arena);
            Assert.Equal(arena + metadata, bytes, 6);
            Assert.Equal(row.GetProperty("arenaBytesPerPageChurned").GetDouble() + metadata, row.GetProperty("bytesPerPageChurned").GetDouble(), 6);

            // A descriptor of 16 bytes, a record of 16 for each of the 301 pages that are not kept whole, and some index.
            Assert.InRange(metadata, 16 + (16 * 301.0 / 351) + 1, 96);
            Assert.Equal((1 << 30) / bytes, row.GetProperty("pagesPerGiB").GetDouble(), 3);
            Assert.Equal(4096 / bytes, row.GetProperty("ratio").GetDouble(), 6);
            Assert.True(row.GetProperty("copyNs").GetDouble() > 0 && row.GetProperty("compressNs").GetDouble() > 0);
            Assert.True(row.GetProperty("compressToCopy").GetDouble() > 0);
            Assert.True(row.GetProperty("putNs").GetDouble() > 0 && row.GetProperty("getNs").GetDouble() > 0);
        }
    }

    [Fact]
    public async Task Of_more_pages_than_the_limit_one_in_so_many_is_taken()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);

        using JsonDocument json = await JsonOf("density", folder.FullName, "--codec", "lz4", "--limit", "400KiB", "--json");

        Assert.Equal(4, json.RootElement.GetProperty("stride").GetInt32());
        Assert.Equal(88, json.RootElement.GetProperty("rows")[0].GetProperty("pages").GetInt32());
    }

    [Fact]
    public async Task People_see_a_column_for_each_codec()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);

        ToolOutcome outcome = await Tool.RunAsync("density", folder.FullName);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Empty(outcome.Error);
        Assert.Equal("4 files: 351 pages of 4 KiB, all of them kept.", outcome.OutputLines[0]);
        Assert.Matches("^ +lz4 +zstd$", outcome.OutputLines[2]);
        Assert.Matches("^Pages a GiB +[0-9,]+ +[0-9,]+$", outcome.OutputLines[3]);
        Assert.Matches("^  of it descriptor, record, index +[0-9]+ +[0-9]+$", outcome.OutputLines[7]);
        Assert.Matches("^  to the copy +[0-9,]+\\.[0-9] +[0-9,]+\\.[0-9]$", outcome.OutputLines[13]);
        Assert.Matches("^Pages wrong +0 +0$", outcome.OutputLines[16]);
    }

    [Fact]
    public async Task The_chart_has_a_bar_for_each_layout()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);
        string plot = Path.Combine(folder.FullName, "chart.svg");

        ToolOutcome outcome = await Tool.RunAsync("density", Path.Combine(folder.FullName, "text"), "--plot", plot);

        Assert.Equal(0, outcome.ExitCode);
        XElement svg = XDocument.Load(plot).Root!;
        XNamespace space = "http://www.w3.org/2000/svg";
        Assert.Equal(1 + 1 + 4, svg.Elements(space + "rect").Count());
        Assert.Contains("zstd, replaced twice", svg.Elements(space + "text").Select(static text => text.Value));
    }

    [Fact]
    public async Task The_memory_of_a_running_process_is_measured()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using Process sleeper = Process.Start("sleep", "600");
        try
        {
            using JsonDocument json = await JsonOf("density", "--pid", $"{sleeper.Id}", "--json");
            Assert.InRange(json.RootElement.GetProperty("pagesFound").GetInt32(), 1, 10_000);
            Assert.All(json.RootElement.GetProperty("rows").EnumerateArray(), row => Assert.Equal(0, row.GetProperty("pagesWrong").GetInt32()));
        }
        finally
        {
            sleeper.Kill();
        }
    }

    [Fact]
    public async Task The_pages_that_were_measured_are_in_the_dump()
    {
        using var folder = new TemporaryFolder();
        Fill(folder);
        string text = Path.Combine(folder.FullName, "text");
        string dump = Path.Combine(folder.FullName, "dump");

        using JsonDocument json = await JsonOf("density", text, "--limit", "400KiB", "--dump", dump, "--json");

        Assert.Equal(200, json.RootElement.GetProperty("pagesFound").GetInt32());
        Assert.All(json.RootElement.GetProperty("rows").EnumerateArray(), static row => Assert.Equal(100, row.GetProperty("pages").GetInt32()));
        byte[] content = File.ReadAllBytes(text);
        Assert.Equal(Enumerable.Range(0, 100).SelectMany(i => content.Skip(i * 2 * 4096).Take(4096)), File.ReadAllBytes(dump));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(dump));
        }
    }

    [Fact]
    public async Task A_dump_replaces_no_file()
    {
        using var folder = new TemporaryFolder();
        string page = folder.Write("page", "a page");

        ToolOutcome outcome = await Tool.RunAsync("density", page, "--dump", page);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(page, outcome.Error, StringComparison.Ordinal);
        Assert.Equal("a page", File.ReadAllText(page));
    }

    [Theory]
    [InlineData("Name folders and files, or a process with --pid", "density")]
    [InlineData("Name folders and files, or a process with --pid", "density", ".", "--pid", "1")]
    [InlineData("There is no codec \"lzo\"; there are lz4, zstd.", "density", ".", "--codec", "lzo")]
    [InlineData("There is no file or folder \"/no/such\".", "density", "/no/such")]
    [InlineData("--limit is \"12 pages\"; it may be bytes", "density", ".", "--limit", "12 pages")]
    [InlineData("--limit is \"4095\"; it may be bytes", "density", ".", "--limit", "4095")]
    [InlineData("The memory of process 2000000000 cannot be read:", "density", "--pid", "2000000000")]
    public async Task A_command_line_that_cannot_be_done_is_told_what_would_be_right(string complaint, params string[] args)
    {
        ToolOutcome outcome = await Tool.RunAsync(args);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Empty(outcome.Output);
        Assert.StartsWith(complaint, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_page_it_says_so()
    {
        using var folder = new TemporaryFolder();
        folder.Write("empty", "");

        ToolOutcome outcome = await Tool.RunAsync("density", folder.FullName);

        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith("There is no page to keep in 0 files.", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>A page of a little text, 200 of more text, 100 of one word over and over, 50 of noise.</summary>
    private static void Fill(TemporaryFolder folder)
    {
        folder.Write("little", "a page");
        folder.Write("text", string.Concat(Enumerable.Range(0, 200 * 512).Select(static i => $"{i:D7}\n")));
        File.WriteAllBytes(Path.Combine(folder.FullName, "zero"), new byte[100 * 4096]);
        var noise = new byte[50 * 4096];
        new Random(1).NextBytes(noise);
        File.WriteAllBytes(Path.Combine(folder.FullName, "noise"), noise);
    }

    private static async Task<JsonDocument> JsonOf(params string[] args)
    {
        ToolOutcome outcome = await Tool.RunAsync(args);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        return JsonDocument.Parse(outcome.Output);
    }
}
