using Spectre.Console;

namespace TmemCore.Tool.Terminal;

/// <summary>
/// Where the tool writes: results, complaints, and whether somebody is looking. Piped output is plain text in lines of any
/// length.
/// </summary>
internal sealed class ToolConsole
{
    private const int UnboundedWidth = 100_000;

    /// <summary>Takes two writers.</summary>
    /// <param name="output">For results.</param>
    /// <param name="error">For complaints.</param>
    /// <param name="isInteractive">Whether results go to a terminal.</param>
    public ToolConsole(TextWriter output, TextWriter error, bool isInteractive)
    {
        Output = output;
        Error = error;
        IsInteractive = isInteractive;
        Screen = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isInteractive ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isInteractive)
        {
            Screen.Profile.Width = UnboundedWidth;
        }
    }

    /// <summary>Results as they are, without wrapping or colour.</summary>
    public TextWriter Output { get; }

    /// <summary>Complaints.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether results go to a terminal.</summary>
    public bool IsInteractive { get; }

    /// <summary>Results for people.</summary>
    public IAnsiConsole Screen { get; }

    /// <summary>The process's own streams.</summary>
    public static ToolConsole Standard() => new(Console.Out, Console.Error, !Console.IsOutputRedirected);
}
