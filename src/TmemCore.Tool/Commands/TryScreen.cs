using System.Globalization;
using Spectre.Console;
using TmemCore.Tool.Guest;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>What <c>tmem try</c> shows to people: progress while it runs, a table and a chart at the end.</summary>
internal sealed class TryScreen(ToolConsole console)
{
    private const int ProgressSteps = 1000;

    /// <summary>Runs with a progress bar, if somebody is looking.</summary>
    /// <param name="run">What to run.</param>
    public GuestReport Watch(Func<Action<GuestProgress>, GuestReport> run)
    {
        if (!console.IsInteractive)
        {
            return run(static _ => { });
        }

        return console.Screen.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask("first pass: filling", maxValue: ProgressSteps);
                return run(progress => Show(task, progress));
            });
    }

    /// <summary>Shows what a run has shown.</summary>
    public void Write(GuestReport report, GuestOptions options)
    {
        string shown = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Files:N0} files, {report.Pages:N0} pages of 4 KiB ({ByteSize.Format(report.Pages * TmemPool.PageBytes)}), read through a guest with {ByteSize.Format(report.GuestCacheBytes)} of memory and {ByteSize.Format(options.MemoryBytes)} of tmem behind it.");
        console.Screen.WriteLine(shown);
        console.Screen.WriteLine();
        console.Screen.Write(TableOf(report));
        console.Screen.WriteLine();
        WriteChart(report);
        WriteVerdict(report);
    }

    private static void Show(ProgressTask task, GuestProgress progress)
    {
        double value = Math.Floor(progress.Share * ProgressSteps);
        if (value == task.Value)
        {
            return;
        }

        task.Value = value;
        task.Description = progress.Pass == 0
            ? "first pass: filling"
            : string.Create(CultureInfo.InvariantCulture, $"pass {progress.Pass + 1}: hit ratio {progress.HitRatio:P1}");
    }

    private Table TableOf(GuestReport report)
    {
        Table table = new Table { Border = console.IsInteractive ? TableBorder.Rounded : TableBorder.None }
            .HideHeaders()
            .AddColumn("")
            .AddColumn(new TableColumn("").RightAligned())
            .AddColumn("");
        Add(table, "Disk reads avoided", $"{report.DiskReadsAvoided:N0}", $"{report.CleanPagesBack:N0} clean pages of files, {report.AnonymousPagesBack:N0} anonymous pages");
        Add(table, "Disk reads", $"{report.DiskReads:N0}", $"besides {report.FirstReads:N0} in the first pass, which fills the memory and is not counted");
        Add(table, "Hit ratio", $"{report.HitRatio:P1}", $"of the pages that the guest's own memory did not have");
        Add(table, "Memory per page kept", $"{report.BytesPerPage:N0} bytes", $"4,096 of data, the rest descriptors, index and free frames");
        Add(table, "Put", $"{report.PutNsP50:N0} ns", $"median; 99 % within {report.PutNsP99:N0} ns");
        Add(table, "Get", $"{report.GetNsP50:N0} ns", $"median of hits; 99 % within {report.GetNsP99:N0} ns");
        Add(table, "Time", $"{report.Seconds:N1} s", $"{report.Visits:N0} page visits, disk and checks included");
        Add(table, "Pages verified", $"{report.PagesVerified:N0}", $"each page that came back, compared with what had been put");
        Add(table, "Pages wrong", $"{report.PagesWrong:N0}", $"");
        return table;
    }

    private static void Add(Table table, string name, FormattableString value, FormattableString note) => table.AddRow(
        new Text(name),
        new Text(value.ToString(CultureInfo.InvariantCulture)),
        new Text(note.ToString(CultureInfo.InvariantCulture)));

    private void WriteChart(GuestReport report)
    {
        console.Screen.WriteLine("Hit ratio over time:");
        foreach (string line in RatioChart.Draw(report.History, console.Screen.Profile.Capabilities.Unicode))
        {
            console.Screen.WriteLine(line);
        }

        console.Screen.WriteLine(PassLabels(report));
        console.Screen.WriteLine();
    }

    /// <summary>The passes below the chart: the first takes one share of the visits, each later one two.</summary>
    private static string PassLabels(GuestReport report)
    {
        int points = report.History.Count;
        char[] line = new string(' ', points).ToCharArray();
        for (int pass = 0; pass <= report.Passes; pass++)
        {
            int from = PassStart(pass, report.Passes, points);
            string label = pass == 0 ? "filling" : string.Create(CultureInfo.InvariantCulture, $"pass {pass + 1}");
            if (from + label.Length + 1 < PassStart(pass + 1, report.Passes, points))
            {
                $"^{label}".CopyTo(0, line, from, label.Length + 1);
            }
        }

        return $"        {new string(line).TrimEnd()}";
    }

    private static int PassStart(int pass, int passes, int points) =>
        pass == 0 ? 0 : (int)Math.Ceiling(points * ((2.0 * pass) - 1) / (1 + (2.0 * passes)));

    private void WriteVerdict(GuestReport report)
    {
        if (report.IsInterrupted)
        {
            console.Screen.MarkupLine("[yellow]Stopped early: the figures are of what was done until then.[/]");
        }

        if (report.PagesWrong != 0)
        {
            console.Screen.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"[red]{report.PagesWrong:N0} pages came back wrong.[/]");
        }
        else if (report.PagesVerified == 0)
        {
            console.Screen.MarkupLine("[yellow]No page came back from tmem: the guest's own memory was enough. Try a smaller --guest-cache.[/]");
        }
        else
        {
            console.Screen.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"[green]Every page that came back was right.[/]");
        }
    }
}
