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

    /// <summary>Looks for files, and says so while it takes time.</summary>
    /// <param name="search">The search.</param>
    public FileSet Search(Func<FileSet> search) =>
        console.IsInteractive ? console.Screen.Status().Start("looking for files", _ => search()) : search();

    /// <summary>Shows what a run has shown.</summary>
    public void Write(GuestReport report, GuestOptions options)
    {
        string shown = string.Create(
            CultureInfo.InvariantCulture,
            $"{Amount.Of(report.Files, "file")}, {Amount.Of(report.Pages, "page")} of 4 KiB ({ByteSize.Format(report.Pages * TmemPool.PageBytes)}), read through a guest with {ByteSize.Format(report.GuestCacheBytes)} of memory and {ByteSize.Format(options.MemoryBytes)} of tmem behind it.");
        console.Screen.WriteLine(shown);
        console.Screen.WriteLine();
        WriteTable(RowsOf(report));
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
            : string.Create(CultureInfo.InvariantCulture, $"pass {progress.Pass + 1}: hit ratio {progress.HitRatio * 100:F0} %");
    }

    private static (string Name, string Value, string Note)[] RowsOf(GuestReport report) =>
    [
        Row("Disk reads avoided", $"{report.DiskReadsAvoided:N0}", $"{report.CleanPagesBack:N0} clean pages of files, {report.AnonymousPagesBack:N0} anonymous pages"),
        Row("Disk reads", $"{report.DiskReads:N0}", $"not counting {report.FirstReads:N0} of the first pass, which fills the memory"),
        Row("Hit ratio", $"{report.HitRatio * 100:F1} %", $"of the pages that the guest's own memory did not have"),
        Row("Memory per page kept", $"{report.BytesPerPage:N0} bytes", $"4,096 of data, the rest descriptors, index and free frames"),
        Row("Put", $"{report.PutNsP50:N0} ns", $"median; 99 % within {report.PutNsP99:N0} ns"),
        Row("Get", $"{report.GetNsP50:N0} ns", $"median of hits; 99 % within {report.GetNsP99:N0} ns"),
        Row("Time", $"{report.Seconds:N1} s", $"{report.Visits:N0} page visits, disk and checks included"),
        Row("Pages verified", $"{report.PagesVerified:N0}", $"every page that came back, compared with what had been put"),
        Row("Pages wrong", $"{report.PagesWrong:N0}", $"{(report.PagesWrong == 0 ? "as it must be" : "this is a defect of tmem")}"),
    ];

    private static (string Name, string Value, string Note) Row(string name, FormattableString value, FormattableString note) =>
        (name, value.ToString(CultureInfo.InvariantCulture), note.ToString(CultureInfo.InvariantCulture));

    private void WriteTable((string Name, string Value, string Note)[] rows)
    {
        if (!console.IsInteractive)
        {
            int names = rows.Max(static row => row.Name.Length);
            int values = rows.Max(static row => row.Value.Length);
            foreach ((string name, string value, string note) in rows)
            {
                console.Screen.WriteLine($"{name.PadRight(names)}   {value.PadLeft(values)}   {note}");
            }

            return;
        }

        Table table = new Table { Border = TableBorder.Rounded }
            .HideHeaders()
            .AddColumn("")
            .AddColumn(new TableColumn("").RightAligned().NoWrap())
            .AddColumn("");
        foreach ((string name, string value, string note) in rows)
        {
            table.AddRow(new Text(name), new Text(value, new Style(decoration: Decoration.Bold)), new Text(note));
        }

        console.Screen.Write(table);
    }

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

    /// <summary>The passes below the chart, each as long as any other.</summary>
    private static string PassLabels(GuestReport report)
    {
        int points = report.History.Count;
        char[] line = new string(' ', points).ToCharArray();
        for (int pass = 0; pass <= report.Passes; pass++)
        {
            int from = points * pass / (report.Passes + 1);
            string label = pass == 0 ? "filling" : string.Create(CultureInfo.InvariantCulture, $"pass {pass + 1}");
            if (from + label.Length + 1 < points * (pass + 1) / (report.Passes + 1))
            {
                $"^{label}".CopyTo(0, line, from, label.Length + 1);
            }
        }

        return $"        {new string(line).TrimEnd()}";
    }

    private void WriteVerdict(GuestReport report)
    {
        if (report.IsInterrupted)
        {
            console.Screen.MarkupLine("[yellow]Stopped early: the figures are of what was done until then.[/]");
        }

        if (report.PagesWrong != 0)
        {
            console.Screen.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"[red]{Amount.Of(report.PagesWrong, "page")} came back wrong.[/]");
        }
        else if (report.PagesVerified == 0 && !report.IsInterrupted)
        {
            console.Screen.MarkupLine("[yellow]No page came back from tmem: the guest's own memory was enough. Try a smaller --guest-cache.[/]");
        }
        else if (report.PagesVerified != 0)
        {
            console.Screen.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"[green]Every page that came back was right.[/]");
        }
    }
}
