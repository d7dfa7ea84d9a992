namespace TmemCore.Tests.Memory;

/// <summary>A folder that looks like the root of a machine, as far as a test writes it.</summary>
internal sealed class MachineFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("tmem-machine-").FullName;

    public string FullName => _path;

    /// <summary>Writes a file, its folders too.</summary>
    public MachineFolder With(string path, string text)
    {
        string file = Path.Combine(_path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
