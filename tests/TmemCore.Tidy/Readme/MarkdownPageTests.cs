using Xunit;

namespace TmemCore.Tidy.Readme;

public class MarkdownPageTests
{
    private const string Text = """
        # Page

        ```csharp
        One();
        ```
        prints
        ```text
        1
        ```
        ```csharp
        Two();
        ```
        ```sh
        three
        ```

        ## Table

        | name | value |
        |---|---|
        | `a` | 1 |
        | `b` | 2 |

        Words.

        ## Other

        | x |
        |---|
        | y |
        """;

    private readonly MarkdownPage _page = new(Text);

    [Fact]
    public void Blocks_have_their_language_line_and_text() => Assert.Equal(
        [
            new CodeBlock("csharp", 4, "One();\n"),
            new CodeBlock("text", 8, "1\n"),
            new CodeBlock("csharp", 11, "Two();\n"),
            new CodeBlock("sh", 14, "three\n"),
        ],
        _page.Blocks);

    [Fact]
    public void A_program_comes_with_the_text_behind_it() =>
        Assert.Equal(["1\n", null], _page.Programs().Select(pair => pair.Output?.Text));

    [Fact]
    public void A_table_belongs_to_its_heading() => Assert.Equal([["`a`", "1"], ["`b`", "2"]], _page.RowsBelow("Table"));

    [Fact]
    public void A_block_without_an_end_is_an_error() =>
        Assert.Throws<FormatException>(() => new MarkdownPage("```csharp\nOne();"));
}
