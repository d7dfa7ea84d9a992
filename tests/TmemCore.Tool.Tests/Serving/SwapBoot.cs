using System.Diagnostics;
using System.Reflection;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>What machines that swap are made of, prepared once: a kernel of Debian's, busybox, and the program that fills pages and looks at them again.</summary>
public sealed class SwapBoot
{
    /// <summary>The memory of each machine, in MiB.</summary>
    public const int MemoryMebibytes = 96;

    /// <summary>The memory of each machine, in pages.</summary>
    public const int MemoryPages = (MemoryMebibytes << 20) / TmemPool.PageBytes;

    private readonly Lazy<string> _script = new(Prepare);

    /// <summary>Boots a machine that swaps to the disk <c>swap</c>.</summary>
    /// <param name="disksPath">The socket of the daemon's disks.</param>
    /// <param name="pages">How many pages the program fills.</param>
    /// <param name="rounds">How often it looks at all of them; 0 for as long as the machine runs.</param>
    internal SwappingMachine Boot(string disksPath, int pages, int rounds) =>
        new(_script.Value, "boot", $"nbd+unix:///swap?socket={disksPath}", $"{MemoryMebibytes}", $"{pages}", $"{rounds}");

    private static string Prepare()
    {
        string root = typeof(SwapBoot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "RepositoryRoot").Value!;
        string script = Path.Combine(root, ".ci", "guest-swap-boot.sh");
        using Process process = Process.Start(new ProcessStartInfo(script, ["prepare"]) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? script
            : throw new InvalidOperationException($"{script} prepare ended with {process.ExitCode}: {errors}");
    }
}
