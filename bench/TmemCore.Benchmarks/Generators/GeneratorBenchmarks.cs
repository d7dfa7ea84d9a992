using BenchmarkDotNet.Attributes;

namespace TmemCore.Benchmarks.Generators;

/// <summary>The generator's first run over a project and its run after a keystroke, under BenchmarkDotNet.</summary>
[Config(typeof(InProcessConfig))]
public class GeneratorBenchmarks
{
    private AnnotatedProject? _project;

    [Params(10, 100, 1000)]
    public int Types { get; set; }

    [GlobalSetup]
    public void Setup() => _project = new AnnotatedProject(Types);

    [Benchmark]
    public object Cold() => _project!.Cold();

    [Benchmark]
    public object EditUnrelated() => _project!.EditUnrelated();

    [Benchmark]
    public object EditOneType() => _project!.EditOneType();
}
