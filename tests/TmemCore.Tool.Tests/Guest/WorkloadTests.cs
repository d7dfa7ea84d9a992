using TmemCore.Tool.Guest;
using Xunit;

namespace TmemCore.Tool.Tests.Guest;

public sealed class WorkloadTests
{
    [Fact]
    public void The_first_pass_visits_each_page_once()
    {
        using var folder = new TemporaryFolder();
        FileSet files = Files(folder);
        var visits = new int[files.Pages];
        foreach (PageRun run in new Workload(files, passes: 1, seed: 1).Runs(0))
        {
            for (int i = 0; i < run.Count; i++)
            {
                visits[run.File.FirstPage + run.First + i]++;
            }
        }

        Assert.All(visits, static count => Assert.Equal(1, count));
    }

    [Fact]
    public void Later_passes_make_as_many_visits_and_stay_inside_the_files()
    {
        using var folder = new TemporaryFolder();
        FileSet files = Files(folder);
        var workload = new Workload(files, passes: 2, seed: 1);
        _ = workload.Runs(0).Count();

        PageRun[] runs = [.. workload.Runs(1)];

        Assert.InRange(runs.Sum(static run => run.Count), files.Pages, files.Pages + 256);
        Assert.All(runs, static run => Assert.True(run.Count > 0 && run.First >= 0 && run.First + run.Count <= run.File.Pages));
        Assert.Equal(3L * files.Pages, workload.Visits);
    }

    private static FileSet Files(TemporaryFolder folder)
    {
        folder.Fill(1, 2_000_000, 4096, 4097, 300_000, 1, 262_144, 262_145);
        return FileSet.Find([folder.FullName], static (_, _) => { });
    }
}
