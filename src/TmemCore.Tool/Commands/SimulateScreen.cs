using System.Globalization;
using Spectre.Console;
using TmemCore.Tool.Simulation;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>What <c>tmem simulate</c> shows to people: a line for each policy, a column for each size.</summary>
internal sealed class SimulateScreen(ToolConsole console)
{
    /// <summary>From here on it is said that a pool held more pages than wanted.</summary>
    private const double NotableExcess = 1.02;

    /// <summary>The name of a format on the command line.</summary>
    public static string NameOf(BlockTraceFormat format) => format switch
    {
        BlockTraceFormat.Lis => "lis",
        BlockTraceFormat.Csv => "csv",
        _ => "oracleGeneral",
    };

    /// <summary>Shows what a simulation has shown.</summary>
    public void Write(SimulationReport report, SimulationOptions options)
    {
        console.Screen.WriteLine(Text(
            $"{Path.GetFileName(options.TracePath)} ({NameOf(report.Format)}): {report.Requests:N0} requests in {report.Seconds:N1} s. A get {(options.IsExclusive ? "takes the page out" : "leaves the page")}."));
        if (options.GuestCachePages != 0)
        {
            console.Screen.WriteLine(Text(
                $"A guest's cache of {options.GuestCachePages:N0} pages had {report.GuestHits:N0} of them; the pools were asked for {report.Gets:N0}."));
        }

        console.Screen.WriteLine();
        WriteTable(report, options);
        foreach (PoolReport pool in report.Pools.Where(static pool => pool.Policy.StartsWith(EnginePool.NamePrefix, StringComparison.Ordinal) && pool.PagesMax > pool.Pages * NotableExcess))
        {
            console.Screen.WriteLine(Text($"The engine held {pool.PagesMax:N0} pages at most where {pool.Pages:N0} were wanted."));
        }

        if (report.IsInterrupted)
        {
            console.Screen.MarkupLine("[yellow]Stopped early: the figures are of what was done until then.[/]");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void WriteTable(SimulationReport report, SimulationOptions options)
    {
        string[] head = ["misses in %", .. options.Sizes.Select(static pages => Text($"{pages:N0} pages")), "bookkeeping"];
        string[][] rows = [.. report.Pools.GroupBy(static pool => pool.Policy).Select(static pools => (string[])
        [
            pools.Key,
            .. pools.Select(static pool => Text($"{pool.MissRatio * 100:F3}")),
            Text($"{pools.Max(static pool => pool.BytesPerPage):0.#} bytes a page"),
        ])];
        foreach (string line in TextTable.Lines([head, .. rows]))
        {
            console.Screen.WriteLine(line);
        }
    }
}
