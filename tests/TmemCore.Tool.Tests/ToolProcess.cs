using System.Diagnostics;
using TmemCore.Tool.Commands;

namespace TmemCore.Tool.Tests;

/// <summary>The tool as a process of its own.</summary>
internal static class ToolProcess
{
    public static Process Start(params string[] args) => Process.Start(
        new ProcessStartInfo(Environment.ProcessPath!, ["exec", typeof(TmemCommand).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Asks a process to end, and tells its exit code.</summary>
    public static async Task<int> TerminateAsync(Process process)
    {
        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
