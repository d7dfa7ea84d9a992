using TmemCore.Tool.Replay;
using Xunit;

namespace TmemCore.Tool.Tests.Replay;

public sealed class TraceComparerTests
{
    private const string Listed = "0 G=Tt:9,Nc:1,Ta:5,Fm:3|C=CI:1,Ec:4,cp:1|T|";

    private static readonly TraceComparer s_plain = new(new TraceHeader());
    private static readonly TraceComparer s_codec = new(new TraceHeader { Compresses = true });

    [Theory]
    [InlineData("1 aa", "1 ab")]
    [InlineData("1", "0")]
    [InlineData("-12", "1")]
    public void Any_other_result_is_a_mismatch(string expected, string got)
    {
        TraceMismatch? mismatch = s_plain.Compare(Operation(TraceCommand.Get, expected), got);

        Assert.Equal(new TraceMismatch(7, "text", expected, got), mismatch);
        Assert.Null(s_plain.Compare(Operation(TraceCommand.Get, expected), expected));
    }

    [Theory]
    [InlineData("Nc:1", "Nc:2")]
    [InlineData("cp:1", "cp:9")]
    [InlineData(",cp:1", "")]
    public void Fields_that_depend_on_the_implementation_are_set_aside(string field, string other) =>
        Assert.Null(s_plain.Compare(Operation(TraceCommand.List, Listed), Listed.Replace(field, other, StringComparison.Ordinal)));

    [Theory]
    [InlineData("Tt:9", "Tt:8")]
    [InlineData("Ec:4", "Ec:5")]
    [InlineData(",Ec:4", "")]
    [InlineData("T|", "T|T|")]
    [InlineData("|T|", "|")]
    [InlineData("CI:1", "CI:1,CI:1")]
    [InlineData("0 G", "1 G")]
    [InlineData("0 G", "0 S")]
    public void All_other_fields_count(string field, string other)
    {
        string changed = Listed.Replace(field, other, StringComparison.Ordinal);

        Assert.NotNull(s_plain.Compare(Operation(TraceCommand.List, Listed), changed));
        Assert.NotNull(s_plain.Compare(Operation(TraceCommand.List, changed), Listed));
    }

    [Theory]
    [InlineData("Ta:5", "Ta:6")]
    [InlineData("Fm:3", "Fm:4")]
    public void Frames_count_unless_a_codec_is_on(string field, string other)
    {
        string changed = Listed.Replace(field, other, StringComparison.Ordinal);

        Assert.NotNull(s_plain.Compare(Operation(TraceCommand.List, Listed), changed));
        Assert.Null(s_codec.Compare(Operation(TraceCommand.List, Listed), changed));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(8, true)]
    [InlineData(13, false)]
    public void What_can_be_given_back_counts_unless_a_codec_is_on(ulong subop, bool isSetAside)
    {
        var operation = new TraceOperation(7, TraceCommand.Ctl, "text", [subop, 0, 0, 0, 0], "4");

        Assert.NotNull(s_plain.Compare(operation, "8"));
        Assert.Equal(isSetAside, s_codec.Compare(operation, "8") is null);
    }

    private static TraceOperation Operation(TraceCommand command, string expected) => new(7, command, "text", [], expected);
}
