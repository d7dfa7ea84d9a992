using System.Diagnostics;
using System.Reflection;

namespace TmemCore.Xen.Tests;

/// <summary>One boot for all the facts about it: what the control domain's console showed, by section.</summary>
public sealed class XenBoot
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    private readonly Lazy<Dictionary<string, string>> _sections = new(Boot);

    /// <summary>What a command printed; the last line is its exit code.</summary>
    public string Section(string name) => _sections.Value[name];

    private static Dictionary<string, string> Boot()
    {
        string root = typeof(XenBoot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static a => a.Key == "RepositoryRoot").Value!;
        var start = new ProcessStartInfo("/bin/sh", [Path.Combine(root, ".ci", "xen-boot.sh")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The tool is published by the SDK's own command, not within the build that runs this test.
        start.Environment.Remove("MSBUILD_EXE_PATH");
        start.Environment.Remove("MSBuildSDKsPath");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The boot did not end within {s_patience}: {errors.Result}");
        }

        return process.ExitCode == 0
            ? Split(output.Result)
            : throw new InvalidOperationException($"The boot script ended with {process.ExitCode}: {errors.Result}");
    }

    private static Dictionary<string, string> Split(string console)
    {
        const string mark = "=== ";
        const string exit = "=== exit ";
        var sections = new Dictionary<string, string>();
        string name = "";
        foreach (string line in console.Split('\n'))
        {
            if (line.StartsWith(exit, StringComparison.Ordinal))
            {
                sections[name] += line[mark.Length..];
            }
            else if (line.StartsWith(mark, StringComparison.Ordinal))
            {
                name = line[mark.Length..];
                sections[name] = "";
            }
            else if (name.Length > 0)
            {
                sections[name] += line + '\n';
            }
        }

        return sections;
    }
}
