using TmemCore.Tool.Guest;
using Xunit;

namespace TmemCore.Tool.Tests.Guest;

public sealed class GuestRunTests
{
    [Fact]
    public void What_the_persistent_pool_refuses_goes_to_the_swap_file()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(1, 3_000_000, 1_000_000);
        var options = new GuestOptions { MemoryBytes = 2 << 20, GuestCacheBytes = 64 << 10, PersistentAllowanceBytes = 64 << 10 };

        GuestReport few = Run(folder, options);
        GuestReport many = Run(folder, options with { PersistentAllowanceBytes = null });

        Assert.Equal((0, 0), (few.PagesWrong, many.PagesWrong));
        Assert.True(few.AnonymousPagesBack > 0);
        Assert.True(few.AnonymousPagesBack < many.AnonymousPagesBack, $"{few.AnonymousPagesBack} of {many.AnonymousPagesBack}.");
        Assert.Empty(few.Problems);
    }

    [Fact]
    public void Both_kinds_of_pages_are_looked_at()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(2, 2_000_000);
        var options = new GuestOptions { MemoryBytes = 4 << 20, GuestCacheBytes = 64 << 10 };

        GuestReport report = Run(folder, options with { Tamper = static page => page[0]++ });

        Assert.True(report.CleanPagesBack > 0 && report.AnonymousPagesBack > 0);
        Assert.Equal(report.PagesVerified, report.PagesWrong);
    }

    [Fact]
    public void A_run_can_be_stopped()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(3, 2_000_000);
        using var stop = new CancellationTokenSource();
        using var run = new GuestRun(Files(folder), new GuestOptions { Passes = 1000 }, static (_, _) => { });

        GuestReport report = run.Run(
            progress =>
            {
                if (progress.Pass == 3)
                {
                    stop.Cancel();
                }
            },
            stop.Token);

        Assert.True(report.IsInterrupted);
        Assert.InRange(report.Visits, 3 * report.Pages, 5 * report.Pages);
        Assert.Equal(0, report.PagesWrong);
    }

    [Fact]
    public void A_file_that_can_no_longer_be_read_is_named_and_left_out()
    {
        using var folder = new TemporaryFolder();
        folder.Fill(4, 1_000_000, 500_000);
        FileSet files = Files(folder);
        string lost = files.Files.Single(static file => file.Pages == 123).Path;
        File.Delete(lost);
        var skipped = new List<string>();
        using var run = new GuestRun(files, new GuestOptions { MemoryBytes = 1 << 20 }, (path, _) => skipped.Add(path));

        GuestReport report = run.Run(static _ => { }, CancellationToken.None);

        Assert.Equal([lost], skipped);
        Assert.Equal(0, report.PagesWrong);
        Assert.Equal(245, report.FirstReads);
    }

    [Fact]
    public void Files_that_cannot_be_read_links_and_empty_files_are_left_out()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("kept.txt", "content");
        folder.Write("empty.txt", "");
        string locked = folder.Write("locked.txt", "content");
        File.CreateSymbolicLink(Path.Combine(folder.FullName, "link.txt"), file);
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "loop"), folder.FullName);
        var skipped = new List<string>();

        FileSet files;
        using (new FileStream(locked, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            files = FileSet.Find([folder.FullName], (path, _) => skipped.Add(path));
        }

        Assert.Equal([file], files.Files.Select(static found => found.Path));
        Assert.Equal([locked], skipped);
        Assert.Equal(1, files.Pages);
    }

    [Fact]
    public void The_last_page_of_a_file_is_filled_up_with_zeros()
    {
        using var folder = new TemporaryFolder();
        folder.Write("short.txt", new string('x', 4097));
        FileSet files = Files(folder);
        using var disk = new DiskReader(static (_, _) => { });
        var page = new byte[TmemPool.PageBytes];
        page.AsSpan().Fill(0xee);

        Assert.True(disk.TryRead(files.Files[0], 1, page));

        Assert.Equal((byte)'x', page[0]);
        Assert.Equal(-1, page.AsSpan(1).IndexOfAnyExcept((byte)0));
    }

    private static FileSet Files(TemporaryFolder folder) => FileSet.Find([folder.FullName], static (_, _) => { });

    private static GuestReport Run(TemporaryFolder folder, GuestOptions options)
    {
        using var run = new GuestRun(Files(folder), options, static (_, _) => { });
        return run.Run(static _ => { }, CancellationToken.None);
    }
}
