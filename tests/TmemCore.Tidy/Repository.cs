namespace TmemCore.Tidy;

/// <summary>The files of the repository that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] s_made = ["bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts", ".git", ".vs", ".idea"];

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The full path of a file or folder.</summary>
    public static string PathOf(string relativePath) => Path.Combine(Root, relativePath);

    /// <summary>The files below a folder that people write, as paths with forward slashes from the root, in ordinal order.</summary>
    public static IEnumerable<string> FilesBelow(string relativeFolder) =>
        Directory.Exists(PathOf(relativeFolder))
            ? Walk(PathOf(relativeFolder)).Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal)
            : [];

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(inner => !s_made.Contains(Path.GetFileName(inner))).SelectMany(Walk));

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "TmemCore.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds TmemCore.sln.");
    }
}
