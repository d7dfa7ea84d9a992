namespace TmemCore.Tool.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("tmem-tests-").FullName;

    public string Write(string name, string text)
    {
        string path = Path.Combine(FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes files of noise of these sizes, in subfolders too.</summary>
    public void Fill(int seed, params int[] sizes)
    {
        var random = new Random(seed);
        for (int i = 0; i < sizes.Length; i++)
        {
            var content = new byte[sizes[i]];
            random.NextBytes(content);
            string folder = Directory.CreateDirectory(Path.Combine(FullName, $"folder{i % 3}")).FullName;
            File.WriteAllBytes(Path.Combine(folder, $"file{i}"), content);
        }
    }

    public void Dispose() => Directory.Delete(FullName, recursive: true);
}
