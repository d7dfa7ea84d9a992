using System.Diagnostics;
using Xunit;

namespace TmemCore.Tidy.Ci;

/// <summary>The script that checks a change ends as it should, whatever the tests did. It is for systems that have a bash.</summary>
public sealed class RunScriptTests : IDisposable
{
    private const string Passed = "<UnitTestResult testName=\"A.Passes\" duration=\"1\" outcome=\"Passed\" />";
    private const string Failed = "<UnitTestResult testName=\"A.Fails(text: &quot;x&quot;)\" duration=\"1\" outcome=\"Failed\">";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Results_of_all_projects_are_added_up()
    {
        WriteResults("One", passed: 3, failed: 0, Passed);
        WriteResults("Two", passed: 39, failed: 0, Passed);

        AssertEnds(End(), exitCode: 0, "42 passed, 0 failed");
    }

    [Fact]
    public void A_failing_test_is_named_and_fails_the_run()
    {
        WriteResults("One", passed: 3, failed: 0, Passed);
        WriteResults("Two", passed: 1, failed: 1, Passed + "\n" + Failed);

        AssertEnds(End(), exitCode: 1, "Test failed: A.Fails(text: \"x\")", "4 passed, 1 failed");
    }

    [Fact]
    public void A_run_without_tests_fails() => AssertEnds(End(), exitCode: 1, "No test ran.", "0 passed, 0 failed");

    [Fact]
    public void A_failed_step_fails_the_run_though_all_tests_passed()
    {
        WriteResults("One", passed: 3, failed: 0, Passed);

        AssertEnds(End("step Format false"), exitCode: 1, "Step failed: Format", "3 passed, 0 failed");
    }

    [Fact]
    public void A_failed_step_that_is_required_ends_the_run() =>
        AssertEnds(End("required_step Build false; echo went on"), exitCode: 1, "Step failed: Build", "No test ran.", "0 passed, 0 failed");

    [Theory]
    [InlineData("dotnet run")]
    [InlineData("dotnet test")]
    public void The_commands_of_the_readme_are_found(string words)
    {
        ProgramRun run = Bash($"source .ci/steps.sh; readme_command '{words}'");

        Assert.True(OperatingSystem.IsWindows() || (run.ExitCode == 0 && run.Lines.Single().StartsWith(words, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_command_that_the_readme_does_not_have_is_an_error() =>
        Assert.NotEqual(0, Bash("source .ci/steps.sh; readme_command 'dotnet fly'").ExitCode);

    [Fact]
    public void The_script_may_be_executed() =>
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Repository.PathOf(".ci/run")).HasFlag(UnixFileMode.UserExecute));

    private readonly record struct ProgramRun(int ExitCode, string[] Lines);

    private static void AssertEnds(ProgramRun run, int exitCode, params string[] lines)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(exitCode, run.ExitCode);
            Assert.Equal(lines, run.Lines.TakeLast(lines.Length));
        }
    }

    private static ProgramRun Bash(string script)
    {
        if (OperatingSystem.IsWindows())
        {
            return new ProgramRun(1, []);
        }

        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script])
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProgramRun(process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The end of a run whose tests wrote what this test has written.</summary>
    private ProgramRun End(string before = "true") => Bash(
        $"source .ci/steps.sh; source .ci/results.sh; results_folder='{_folder.Path}'; {before}; results_end");

    private void WriteResults(string project, int passed, int failed, string results) => _folder.Write(
        $"{project}/results.trx",
        $"<TestRun>\n{results}\n<Counters total=\"{passed + failed}\" executed=\"{passed + failed}\" passed=\"{passed}\" failed=\"{failed}\" />\n</TestRun>");
}
