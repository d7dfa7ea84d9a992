namespace TmemCore.Tool.Tests.Replay;

/// <summary>The traces beside the tests.</summary>
internal static class GoldenFiles
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    public static IEnumerable<string> Names() => Directory
        .EnumerateFiles(s_folder, "*.txt*", SearchOption.AllDirectories)
        .Select(static file => Path.GetRelativePath(s_folder, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(s_folder, name);
}
