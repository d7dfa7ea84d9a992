using Xunit;

namespace TmemCore.Tool.Tests.Commands;

public sealed class TmemCommandTests
{
    [Theory]
    [InlineData("try")]
    [InlineData("replay")]
    [InlineData("simulate")]
    public async Task Help_shows_examples(string command)
    {
        ToolOutcome outcome = await Tool.RunAsync(command, "--help");

        Assert.Equal(0, outcome.ExitCode);
        string[] examples = [.. outcome.OutputLines.SkipWhile(static line => line != "Examples:").Skip(1)];
        Assert.True(examples.Length >= 4);
        Assert.All(
            examples.Where(static (_, i) => i % 2 == 0),
            line => Assert.StartsWith($"  tmem {command} ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_lists_all_commands()
    {
        ToolOutcome outcome = await Tool.RunAsync("--help");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("  try <PATH>", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("  replay <FILE>", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("  simulate <TRACE>", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Examples:", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("frobnicate")]
    [InlineData("replay")]
    [InlineData("simulate")]
    [InlineData("try", "--frobnicate=1")]
    public async Task A_line_that_is_not_understood_is_answered_by_2(params string[] args)
    {
        ToolOutcome outcome = await Tool.RunAsync(args);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--help", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_told()
    {
        ToolOutcome outcome = await Tool.RunAsync("--version");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches("^[0-9]+\\.[0-9]+\\.[0-9]+", outcome.Output);
    }
}
