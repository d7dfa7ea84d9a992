using System.Globalization;

namespace TmemCore.PageBench.Contention;

/// <summary>The model's answers as Markdown: by how much so many threads are faster than one.</summary>
internal static class ContentionTable
{
    /// <summary>Lines that all put-evict operations change: frames in hand, twice, and the number of the next page.</summary>
    private const int LinesOfEviction = 3;

    /// <summary>Lines that all puts of new persistent pages of a client change: free frames, its charge, its pool's, the sum of charges.</summary>
    private const int LinesOfNewPersistent = 4;

    private static readonly int[] s_threads = [1, 2, 4, 8, 16, 32, 64];
    private static readonly int[] s_shards = [64, 512, 4096];

    public static void Write(BenchOptions options, TextWriter output)
    {
        var costs = new ContentionCosts(options);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Report.Machine()}; {options.Pages:N0} pages. Means in ns: get {costs.GetNs.Average():0}, put over {costs.PutOverNs.Average():0}, "
            + $"put new {costs.PutNewNs.Average():0}, put evict {costs.PutEvictNs.Average():0}, of it the eviction {costs.EvictNs:0}; outside the lock "
            + $"{costs.OutsideNs:0.0}, a lock's handover {costs.HandoverNs:0}, a shared line's change {costs.LineNs:0.0}."));
        var line = new ContentionStage(ContentionPlace.SharedLine, [costs.LineNs]);
        var putNew = new ContentionStage(ContentionPlace.Shard, costs.PutNewNs);
        Write("get", costs, [new(ContentionPlace.Shard, costs.GetNs)], output);
        Write("put over", costs, [new(ContentionPlace.Shard, costs.PutOverNs)], output);
        Write("put new, persistent", costs, [putNew, .. Enumerable.Repeat(line, LinesOfNewPersistent)], output);
        Write(
            "put evict",
            costs,
            [new(ContentionPlace.OldestShard, [costs.EvictNs]), putNew, .. Enumerable.Repeat(line, LinesOfEviction)],
            output);
    }

    private static void Write(string name, ContentionCosts costs, ContentionStage[] stages, TextWriter output)
    {
        var model = new ContentionModel(stages, costs.OutsideNs, costs.HandoverNs);
        output.WriteLine();
        output.WriteLine($"| {name}: threads | {string.Join(" | ", s_shards.Select(static shards => $"{shards} shards"))} | one object |");
        output.WriteLine("|---|---|---|---|---|");
        double alone = model.Run(1, s_shards[0], isOneObject: false).Throughput;
        foreach (int threads in s_threads)
        {
            IEnumerable<string> cells = s_shards.Select(shards => Cell(model.Run(threads, shards, isOneObject: false), alone))
                .Append(Cell(model.Run(threads, s_shards[0], isOneObject: true), alone));
            output.WriteLine($"| {threads} | {string.Join(" | ", cells)} |");
        }
    }

    private static string Cell((double Throughput, double Waiting) result, double alone) => string.Create(
        CultureInfo.InvariantCulture, $"{result.Throughput / alone:0.00} ({result.Waiting:0.0%} waiting)");
}
