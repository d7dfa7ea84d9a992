using TmemCore.Tool.Replay;
using Xunit;

namespace TmemCore.Tool.Tests.Replay;

public sealed class GoldenTraceTests
{
    public static TheoryData<string, int> TracesAndShards()
    {
        var data = new TheoryData<string, int>();
        foreach (string name in GoldenFiles.Names())
        {
            data.Add(name, 1);
            data.Add(name, 64);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(TracesAndShards))]
    public void A_trace_gives_the_results_of_the_reference(string name, int shards)
    {
        using var trace = TraceFile.Open(GoldenFiles.PathOf(name));
        using var target = new EmbeddedTarget(trace.Header, shards);

        TraceReport report = new TraceReplay(trace, target).Run();

        // Tables of 64 shards take so much of a small statistical arena that its hit rate is judged with one.
        bool isJudged = trace.Header.Class == TraceClass.Exact || shards == 1;
        Assert.True(report.IsPassed || !isJudged, Describe(report));
        Assert.True(trace.Header.Class == TraceClass.Quirk || report.Mismatches == 0, Describe(report));
        Assert.True(report.Operations > 0);
        Assert.Empty(target.Verify());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void The_trace_of_weights_gives_the_results_of_the_reference_with_weights_reversed(int shards)
    {
        using var trace = TraceFile.Open(GoldenFiles.PathOf("quirk-weights-01.txt.gz"));
        using var target = new EmbeddedTarget(trace.Header, shards, reversesWeights: true);

        TraceReport report = new TraceReplay(trace, target).Run();

        Assert.True(report.Mismatches == 0, Describe(report));
        Assert.Equal(8494, report.Operations);
        Assert.Empty(target.Verify());
    }

    [Fact]
    public void All_shared_traces_are_here()
    {
        string[] names = [.. GoldenFiles.Names()];

        Assert.Equal(21, names.Count(static name => name.StartsWith("exact-", StringComparison.Ordinal)));
        Assert.Equal(12, names.Count(static name => name.StartsWith("Handwritten/", StringComparison.Ordinal)));
        Assert.Contains("quirk-weights-01.txt.gz", names);
        Assert.Contains("stat-zipf-01.txt.gz", names);
    }

    [Fact]
    public void A_statistical_trace_is_judged_by_its_hit_rate()
    {
        using var trace = TraceFile.Open(GoldenFiles.PathOf("stat-zipf-01.txt.gz"));
        using var target = new EmbeddedTarget(trace.Header, shards: 1);

        TraceReport report = new TraceReplay(trace, target).Run();

        Assert.InRange(report.ReferenceHitRate, 0.387, 0.389);
        Assert.True(report.HitRate >= report.ReferenceHitRate - 0.02, $"The hit rate is {report.HitRate}.");
        Assert.False((report with { HitRate = report.ReferenceHitRate - 0.021 }).IsPassed);
        Assert.True((report with { HitRate = report.ReferenceHitRate - 0.019 }).IsPassed);
        Assert.False((report with { Mismatches = 1 }).IsPassed);
        Assert.True((report with { HitRate = 0, Header = report.Header with { Deduplicates = true } }).IsPassed);
    }

    private static string Describe(TraceReport report) => string.Join('\n', report.FirstMismatches);
}
