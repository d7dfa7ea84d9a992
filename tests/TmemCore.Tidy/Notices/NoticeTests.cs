using Xunit;

namespace TmemCore.Tidy.Notices;

/// <summary>
/// The notices beside each shipped project are what its packages ask for. With TMEM_WRITE_NOTICES=1 in the environment the
/// test writes them.
/// </summary>
public class NoticeTests
{
    private const string Command = "TMEM_WRITE_NOTICES=1 dotnet test tests/TmemCore.Tidy";

    private static readonly string[] s_projects =
        [.. Repository.FilesBelow("src").Where(path => path.EndsWith(".csproj", StringComparison.Ordinal))];

    public static TheoryData<string> ShippedProjects => [.. s_projects];

    [Theory]
    [MemberData(nameof(ShippedProjects))]
    public void The_notices_are_those_of_the_packages_used(string project)
    {
        string folder = Path.GetDirectoryName(Repository.PathOf(project))!;
        string notices = Path.Combine(folder, PackageNotices.FileName);

        string right = PackageNotices.Write(Path.GetFileNameWithoutExtension(project), Path.Combine(folder, "obj", "project.assets.json"));
        if (Environment.GetEnvironmentVariable("TMEM_WRITE_NOTICES") == "1")
        {
            File.WriteAllText(notices, right);
        }

        string written = File.Exists(notices) ? File.ReadAllText(notices) : "";
        Assert.True(written == right, $"{notices} is not what the packages ask for; write it anew with\n{Command}\n\nIt should be:\n{right}");
    }

    [Fact]
    public void There_are_shipped_projects() => Assert.Contains("src/TmemCore/TmemCore.csproj", s_projects);
}
