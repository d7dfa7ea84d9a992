using TmemCore.Tool.Terminal;
using Xunit;

namespace TmemCore.Tool.Tests.Terminal;

public sealed class RatioChartTests
{
    [Fact]
    public void Columns_are_as_high_as_the_ratio()
    {
        string[] lines = [.. RatioChart.Draw([0, 0.5, 1, null, 1.0 / 48], isUnicode: true)];

        Assert.Equal(
            [
                " 100 % ┤  █",
                "       ┤  █",
                "  50 % ┤  █",
                "       ┤ ██",
                "       ┤ ██",
                "   0 % ┤ ██ ▁",
                "       └─────",
            ],
            lines);
    }

    [Fact]
    public void Plain_terminals_get_plain_characters()
    {
        string[] lines = [.. RatioChart.Draw([1, 0.5], isUnicode: false)];

        Assert.Equal(" 100 % |#", lines[0]);
        Assert.Equal("   0 % |##", lines[5]);
        Assert.All(lines, static line => Assert.All(line, static character => Assert.True(char.IsAscii(character))));
    }
}
