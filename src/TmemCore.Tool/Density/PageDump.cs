namespace TmemCore.Tool.Density;

/// <summary>
/// Writes the pages of a feed one after the other into a file, so that others can be measured with the same ones. What a process had in
/// its memory is nobody else's business: the file is for its owner alone.
/// </summary>
internal static class PageDump
{
    /// <summary>Writes one page in so many; what is gone is passed over. A file that could not be finished is not left behind.</summary>
    /// <param name="feed">Where pages come from.</param>
    /// <param name="stride">Takes one page in so many.</param>
    /// <param name="path">The file, which must not exist yet.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="IOException">There is such a file, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(PageFeed feed, int stride, string path, CancellationToken cancellation)
    {
        using var file = new FileStream(path, OwnersAlone());
        try
        {
            var page = new byte[TmemPool.PageBytes];
            for (int number = 0; number < feed.Pages; number += stride)
            {
                cancellation.ThrowIfCancellationRequested();
                if (feed.TryRead(number, page))
                {
                    file.Write(page);
                }
            }

            file.Flush();
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static FileStreamOptions OwnersAlone()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
