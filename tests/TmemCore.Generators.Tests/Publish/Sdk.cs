using System.Diagnostics;
using System.Reflection;

namespace TmemCore.Generators.Tests.Publish;

/// <summary>Runs programs the way a user does: the SDK's commands, and what they have built.</summary>
internal static class Sdk
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    public static string RepositoryRoot { get; } = typeof(Sdk).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Runs a program to its end, which must be a good one.</summary>
    /// <returns>What it printed.</returns>
    public static Task<string> RunAsync(
        string program, string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunToAsync(0, program, folder, environment, arguments);

    /// <summary>Runs a program to its end, which must be as told.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunToAsync(
        int expectedExitCode, string program, string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The commands are the SDK's own, not part of the build that runs this test, and leave no process behind.
        foreach (string name in start.Environment.Keys.Where(static key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {s_patience}.");
        }

        Assert.True(
            process.ExitCode == expectedExitCode,
            $"{program} {string.Join(' ', arguments)}: {process.ExitCode}\n{await output}\n{await errors}");
        return await output;
    }
}
