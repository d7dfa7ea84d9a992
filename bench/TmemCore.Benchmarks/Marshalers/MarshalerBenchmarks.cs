using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>The three ways for each op, under BenchmarkDotNet; the overlay is what the others are compared with.</summary>
[Config(typeof(InProcessConfig))]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory, BenchmarkLogicalGroupRule.ByParams)]
[CategoriesColumn]
public class MarshalerBenchmarks
{
    private OpCase _case = OpCases.All[0];

    public static IEnumerable<string> Names => OpCases.All.Select(static op => op.Name);

    [ParamsSource(nameof(Names))]
    public string Op
    {
        get => _case.Name;
        set => _case = OpCases.All.Single(op => op.Name == value);
    }

    [Benchmark(OperationsPerInvoke = Layout.Ops), BenchmarkCategory("encode")]
    public long EncodeGenerated() => _case.Generated.Encode();

    [Benchmark(OperationsPerInvoke = Layout.Ops, Baseline = true), BenchmarkCategory("encode")]
    public long EncodeOverlay() => _case.Overlay.Encode();

    [Benchmark(OperationsPerInvoke = Layout.Ops), BenchmarkCategory("encode")]
    public long EncodeByHand() => _case.ByHand.Encode();

    [Benchmark(OperationsPerInvoke = Layout.Ops), BenchmarkCategory("decode")]
    public long DecodeGenerated() => _case.Generated.Decode();

    [Benchmark(OperationsPerInvoke = Layout.Ops, Baseline = true), BenchmarkCategory("decode")]
    public long DecodeOverlay() => _case.Overlay.Decode();

    [Benchmark(OperationsPerInvoke = Layout.Ops), BenchmarkCategory("decode")]
    public long DecodeByHand() => _case.ByHand.Decode();

    [Benchmark(OperationsPerInvoke = Layout.Ops), BenchmarkCategory("dispatch")]
    public long DispatchGenerated() => _case.Generated.Dispatch();

    [Benchmark(OperationsPerInvoke = Layout.Ops, Baseline = true), BenchmarkCategory("dispatch")]
    public long DispatchOverlay() => _case.Overlay.Dispatch();

    [Benchmark(OperationsPerInvoke = Layout.Ops), BenchmarkCategory("dispatch")]
    public long DispatchByHand() => _case.ByHand.Dispatch();
}
