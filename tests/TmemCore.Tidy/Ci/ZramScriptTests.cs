using System.Diagnostics;
using Xunit;

namespace TmemCore.Tidy.Ci;

/// <summary>The script that measures the kernel's zram harms nothing where it cannot. It is for systems that have a bash.</summary>
public sealed class ZramScriptTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_zram_it_says_so_and_ends_well()
    {
        _folder.Write("page", "a page");

        AssertEnds(exitCode: 0, "Skipped: ", $"{_folder.Path}/page");
    }

    [Fact]
    public void Without_files_it_tells_how_it_is_called() => AssertEnds(exitCode: 2, "Usage: bench/zram.sh FILE");

    [Fact]
    public void A_file_that_is_not_there_is_named() => AssertEnds(exitCode: 2, "There is no file \"/no/such\".", "/no/such");

    [Fact]
    public void The_script_may_be_executed() =>
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Repository.PathOf("bench/zram.sh")).HasFlag(UnixFileMode.UserExecute));

    private void AssertEnds(int exitCode, string text, params string[] files)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var start = new ProcessStartInfo("bash", ["bench/zram.sh", .. files])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
            Environment = { ["ZRAM_CONTROL"] = Path.Combine(_folder.Path, "no-such-control") },
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.StartsWith(text, output, StringComparison.Ordinal);
        Assert.Equal(exitCode, process.ExitCode);
    }
}
