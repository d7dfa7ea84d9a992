namespace TmemCore.Tool.Guest;

/// <summary>The files that the guest reads. All their pages are numbered through.</summary>
internal sealed class FileSet
{
    /// <summary>Pages at most: 1 TiB of files.</summary>
    private const int MaximumPages = 1 << 28;

    private readonly List<GuestFile> _files = [];
    private readonly Action<string, string> _onSkipped;
    private readonly HashSet<string> _mountPoints;

    private FileSet(Action<string, string> onSkipped)
    {
        _onSkipped = onSkipped;
        _mountPoints = MountPoints();
    }

    /// <summary>The files, by page number.</summary>
    public IReadOnlyList<GuestFile> Files => _files;

    /// <summary>Pages of all files.</summary>
    public int Pages { get; private set; }

    /// <summary>
    /// Finds the files under some paths. Links are not followed, other file systems not entered, files without content
    /// passed over.
    /// </summary>
    /// <param name="paths">Files and folders, each of which exists.</param>
    /// <param name="onSkipped">Told each file or folder that cannot be read, and why.</param>
    public static FileSet Find(IEnumerable<string> paths, Action<string, string> onSkipped)
    {
        var set = new FileSet(onSkipped);
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                set.AddFolder(path);
            }
            else
            {
                set.AddFile(new FileInfo(path));
            }
        }

        return set;
    }

    /// <summary>The file that a page belongs to.</summary>
    /// <param name="page">The page's number.</param>
    public GuestFile FileOf(int page)
    {
        int low = 0;
        int high = _files.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _files[middle].FirstPage <= page ? (middle, high) : (low, middle - 1);
        }

        return _files[low];
    }

    private static HashSet<string> MountPoints()
    {
        try
        {
            return [.. DriveInfo.GetDrives().Select(static drive => Path.TrimEndingDirectorySeparator(drive.Name))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private void AddFolder(string root)
    {
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out string? folder))
        {
            try
            {
                foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(static e => e.Name, StringComparer.Ordinal))
                {
                    if ((entry.Attributes & FileAttributes.ReparsePoint) != 0 || _mountPoints.Contains(entry.FullName))
                    {
                        continue;
                    }

                    if (entry is FileInfo file)
                    {
                        AddFile(file);
                    }
                    else
                    {
                        folders.Push(entry.FullName);
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _onSkipped(folder, e.Message);
            }
        }
    }

    private void AddFile(FileInfo file)
    {
        try
        {
            // Pipes, sockets and devices show no length: they are passed over before anybody opens them.
            long pages = (file.Length + TmemPool.PageBytes - 1) / TmemPool.PageBytes;
            if (pages == 0)
            {
                return;
            }

            if (pages > MaximumPages - Pages)
            {
                _onSkipped(file.FullName, $"it does not fit: {ByteSize.Format((long)MaximumPages * TmemPool.PageBytes)} of files at most");
                return;
            }

            File.OpenHandle(file.FullName).Dispose();
            _files.Add(new GuestFile
            {
                Path = file.FullName,
                ObjectId = (ulong)_files.Count + 1,
                FirstPage = Pages,
                Pages = (int)pages,
            });
            Pages += (int)pages;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _onSkipped(file.FullName, e.Message);
        }
    }
}
