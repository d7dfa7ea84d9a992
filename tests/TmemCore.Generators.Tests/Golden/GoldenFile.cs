using System.Runtime.CompilerServices;

namespace TmemCore.Generators.Tests.Golden;

/// <summary>
/// Compares text with a file kept beside the tests. With TMEMCORE_UPDATE_GOLDEN=1 in the environment the files are written
/// instead, to be read through before they are committed.
/// </summary>
internal static class GoldenFile
{
    public static void Check(string name, string actual, [CallerFilePath] string caller = "")
    {
        if (Environment.GetEnvironmentVariable("TMEMCORE_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(caller)!, "Expected", name), actual);
            return;
        }

        string path = Path.Combine(AppContext.BaseDirectory, "Golden", "Expected", name);
        Assert.True(File.Exists(path), $"There is no {name}; run once with TMEMCORE_UPDATE_GOLDEN=1 and read what it writes.");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
