using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace TmemCore.Tidy.Readme;

/// <summary>The page that a newcomer reads first says what is so.</summary>
public class ReadmeTests
{
    private const string Page = "README.md";

    private static readonly MarkdownPage s_page = MarkdownPage.Read(Page);

    /// <summary>The line of each program on the page.</summary>
    public static TheoryData<int> Programs => [.. s_page.Programs().Select(pair => pair.Program.Line)];

    public static TheoryData<string, Type> ResultTables => new()
    {
        { "PutResult", typeof(PutResult) },
        { "GetResult", typeof(GetResult) },
        { "FlushResult", typeof(FlushResult) },
        { "JoinResult", typeof(JoinResult) },
    };

    public static TheoryData<string, Type> OptionTables => new()
    {
        { "TmemHostOptions", typeof(TmemHostOptions) },
        { "TmemClientOptions", typeof(TmemClientOptions) },
        { "FallowMemoryOptions", typeof(FallowMemoryOptions) },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_program_on_the_page_compiles_and_prints_what_the_page_says(int line)
    {
        (CodeBlock program, CodeBlock? output) = s_page.Programs().Single(pair => pair.Program.Line == line);

        ProgramResult result = new ConsoleProgram(program.Text).Run();

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.NotNull(output);
        Assert.Equal(output.Text, result.Output);
    }

    [Fact]
    public void The_first_program_shows_every_kind_of_pool_in_twenty_lines()
    {
        CodeBlock first = s_page.Programs().First().Program;

        Assert.InRange(first.Text.TrimEnd().Split('\n').Length, 1, 20);
        Assert.All(
            ["PersistentPool", "EphemeralPool", "TryPut", "Take", "TryJoinSharedPool"],
            word => Assert.Contains(word, first.Text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ResultTables))]
    public void The_table_of_a_result_has_every_value_and_its_number(string heading, Type type)
    {
        string[] values = [.. Enum.GetValues(type).Cast<Enum>().Select(value => value.ToString()).Order(StringComparer.Ordinal)];
        string[][] rows = [.. s_page.RowsBelow(heading)];

        Assert.Equal(values, rows.Select(row => row[0].Trim('`')).Order(StringComparer.Ordinal));
        if (type != typeof(JoinResult))
        {
            Assert.All(rows, row => Assert.Equal(
                (int)Enum.Parse(type, row[0].Trim('`')), int.Parse(row[1].Split(' ')[0], CultureInfo.InvariantCulture)));
        }
    }

    [Theory]
    [MemberData(nameof(OptionTables))]
    public void The_table_of_options_has_every_option_a_default_a_meaning_and_an_example(string heading, Type type)
    {
        string[] options = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(property => property.Name).Order(StringComparer.Ordinal)];
        string[][] rows = [.. s_page.RowsBelow(heading)];

        Assert.Equal(options, rows.Select(row => row[0].Trim('`')).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.True(row.Length == 4 && row.All(cell => cell.Length > 0), string.Join('|', row)));
    }

    [Theory]
    [MemberData(nameof(OptionTables))]
    public void The_examples_in_the_table_of_options_compile(string heading, Type type)
    {
        string settings = string.Join(",\n", s_page.RowsBelow(heading).Select(row => $"{row[0].Trim('`')} = {row[3].Trim('`')}"));

        ProgramResult result = new ConsoleProgram($"using TmemCore;\n_ = new {type.Name}\n{{\n{settings}\n}};\n").Run();

        Assert.True(result.ExitCode == 0, result.Errors);
    }

    [Fact]
    public void The_map_names_every_room()
    {
        string map = s_page.Blocks.Single(block => block.Language == "" && block.Text.StartsWith("src/", StringComparison.Ordinal)).Text;
        string[] rooms = [.. Directory.EnumerateDirectories(Repository.PathOf("src/TmemCore"))
            .Select(folder => Path.GetFileName(folder)).Where(name => name is not ("bin" or "obj")).Order(StringComparer.Ordinal)];

        IEnumerable<string> named = Regex.Matches(map, @"^    (\w+)/", RegexOptions.Multiline).Select(match => match.Groups[1].Value);

        Assert.Equal(rooms, named.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CHANGELOG.md")]
    [InlineData(".github/SECURITY.md")]
    public void Links_lead_to_files_that_exist(string page)
    {
        string folder = Path.GetDirectoryName(Repository.PathOf(page))!;
        string text = File.ReadAllText(Repository.PathOf(page));

        string[] broken = [.. Regex.Matches(text, @"\]\((?!https?:|#)([^)#]+)").Select(match => match.Groups[1].Value)
            .Where(target => !Path.Exists(Path.Combine(folder, target)))];

        Assert.Empty(broken);
    }
}
