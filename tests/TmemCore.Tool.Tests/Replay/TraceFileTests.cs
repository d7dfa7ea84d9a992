using TmemCore.Tool.Replay;
using Xunit;

namespace TmemCore.Tool.Tests.Replay;

public sealed class TraceFileTests
{
    private const string Header =
        "# tmem-golden 1 theme=x class=exact arena=4096 metafree=1 midsize=0 compress=0 dedup=0 tze=0 shared_auth=1 maxpages=0x10 note=n\n";

    private const string Summary = "# summary ops=1 gets=0 hits=0 eph_gets=0 eph_hits=0\n";

    [Fact]
    public void Header_operations_and_totals_are_read()
    {
        using var folder = new TemporaryFolder();
        using var trace = TraceFile.Open(folder.Write("t.txt", Header + "# a remark\n\nput -1 0x10 2 0xffffffffffffffff 4294967295 8\t-19\n" + Summary));

        TraceOperation operation = Assert.Single(trace.ReadOperations());

        Assert.Equal(TraceClass.Exact, trace.Header.Class);
        Assert.Equal(TmemProfile.Xen, trace.Header.Profile);
        Assert.Equal((4096, 16), (trace.Header.ArenaFrames, trace.Header.PersistentFrames));
        Assert.True(trace.Header.RequiresAuthorization && trace.Header.IsMetadataFree && !trace.Header.DependsOnCodec);
        Assert.Equal((4, TraceCommand.Put, "-19"), (operation.Line, operation.Command, operation.Expected));
        Assert.Equal(-1, operation.Number(0));
        Assert.Equal(new ObjectId(16, 2, ulong.MaxValue), operation.Object(1));
        Assert.Equal((uint.MaxValue, 8UL), (operation.Word(4), operation.Arguments[5]));
        Assert.Equal(1, trace.Summary.Operations);
    }

    [Theory]
    [InlineData("", 1, "empty")]
    [InlineData("# something else\n", 1, "tmem-golden 1")]
    [InlineData("# tmem-golden 1 class=odd\n", 1, "class=odd")]
    [InlineData("# tmem-golden 1 class=exact\n", 1, "arena")]
    [InlineData("# tmem-golden 1 class=exact arena=0\n", 1, "arena=0")]
    [InlineData("# tmem-golden 1 class\n", 1, "key=value")]
    public void A_wrong_header_is_told_with_file_and_line(string text, int line, string word) =>
        AssertMalformed(text, line, word);

    [Theory]
    [InlineData("client 1\n", 2, "tab")]
    [InlineData("client 1\t0\nfrobnicate 1\t0\n", 3, "frobnicate")]
    [InlineData("get,put 0 0 0 0 0\t0\n", 2, "get,put")]
    [InlineData("client 1 2\t0\n", 2, "takes 1 numbers; there are 2")]
    [InlineData("client x\t0\n", 2, "\"x\" is not a number")]
    [InlineData("client 0x\t0\n", 2, "not a number")]
    [InlineData("client 1\t0\n", 2, "cut short")]
    [InlineData("client 1\t0\nclient 2\t0\n# summary ops=1 gets=0 hits=0 eph_gets=0 eph_hits=0\n", 4, "the file has 2")]
    [InlineData("client 1\t0\n# summary ops=1 gets=0 hits=0\n", 3, "eph_gets")]
    [InlineData("client 1\t0\n# summary ops=1 gets=0 hits=0 eph_gets=0 eph_hits=0\nclient 1\t0\n", 4, "behind the summary")]
    public void A_wrong_line_is_told_with_file_and_line(string text, int line, string word) =>
        AssertMalformed(Header + text, line, word);

    [Fact]
    public async Task A_wrong_file_makes_the_command_fail()
    {
        using var folder = new TemporaryFolder();

        ToolOutcome outcome = await Tool.RunAsync("replay", folder.Write("bad.txt", Header + "client 1\n"));

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("bad.txt, line 2: ", outcome.Error, StringComparison.Ordinal);
    }

    private static void AssertMalformed(string text, int line, string word)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("bad.txt", text);

        var error = Assert.Throws<InvalidDataException>(() =>
        {
            using var trace = TraceFile.Open(path);
            _ = trace.ReadOperations().Count();
        });

        Assert.StartsWith($"{path}, line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(word, error.Message, StringComparison.Ordinal);
    }
}
