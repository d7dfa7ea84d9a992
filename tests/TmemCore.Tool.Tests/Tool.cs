using TmemCore.Tool.Commands;
using TmemCore.Tool.Guest;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Tests;

/// <summary>Runs the tool inside the test, as if its output were piped.</summary>
internal static class Tool
{
    public static async Task<ToolOutcome> RunAsync(PageTamper? tamper, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await new TmemCommand(new ToolConsole(output, error, isInteractive: false), tamper).RunAsync(args);
        return new ToolOutcome(exitCode, output.ToString(), error.ToString());
    }

    public static Task<ToolOutcome> RunAsync(params string[] args) => RunAsync(null, args);
}

/// <summary>What a run of the tool has left behind.</summary>
internal sealed record ToolOutcome(int ExitCode, string Output, string Error)
{
    public string[] OutputLines => Output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
