using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;

namespace TmemCore.Benchmarks.Generators;

/// <summary>Cold run and keystrokes at 10, 100 and 1,000 annotated types, with what each keystroke made anew.</summary>
internal static class GeneratorTable
{
    private const int WarmUps = 5;
    private const int Runs = 15;

    private static readonly int[] s_types = [10, 100, 1000];

    public static void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("| generator | annotated types | ms | ms of processor time | µs of it a type | files made anew |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (int types in s_types)
        {
            var timed = new AnnotatedProject(types);
            var tracked = new AnnotatedProject(types, isTracked: true);
            output.WriteLine(Row("cold run", types, timed.Cold, MadeAnew(tracked.Cold())));
            output.WriteLine(Row("keystroke in an unrelated file", types, timed.EditUnrelated, MadeAnew(tracked.EditUnrelated())));
            output.WriteLine(Row("keystroke in one annotated type", types, timed.EditOneType, MadeAnew(tracked.EditOneType())));
        }
    }

    private static string Row(string name, int types, Func<GeneratorDriver> run, int anew)
    {
        var ms = new double[Runs];
        var processorMs = new double[Runs];
        for (int i = -WarmUps; i < Runs; i++)
        {
            TimeSpan processorBegin = Environment.CpuUsage.TotalTime;
            long begin = Stopwatch.GetTimestamp();
            run();
            if (i >= 0)
            {
                ms[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                processorMs[i] = (Environment.CpuUsage.TotalTime - processorBegin).TotalMilliseconds;
            }
        }

        double processor = Tables.Median(processorMs);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {types:N0} | {Tables.Median(ms):0.00} | {processor:0.00} | {1000 * processor / types:0} | {anew:N0} |");
    }

    /// <summary>How many files the last run did not take over from the one before.</summary>
    private static int MadeAnew(GeneratorDriver driver) => driver.GetRunResult().Results[0].TrackedOutputSteps
        .SelectMany(static step => step.Value)
        .SelectMany(static run => run.Outputs)
        .Count(static output => output.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
}
