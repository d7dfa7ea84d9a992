using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Top;

/// <summary>
/// A whole terminal that shows a view and takes keys. It uses the terminal's other screen, so that what was there before is there again
/// behind it, however it ends.
/// </summary>
internal sealed class TopScreen : IDisposable
{
    private const string Escape = "\u001b[";
    private const string Enter = Escape + "?1049h" + Escape + "?25l";
    private const string Leave = Escape + "?25h" + Escape + "?1049l";
    private const string Home = Escape + "H";
    private const string ClearLine = Escape + "K";
    private const string ClearBelow = Escape + "J";

    private readonly ToolConsole _console;

    public TopScreen(ToolConsole console)
    {
        _console = console;
        _console.Output.Write(Enter);
    }

    /// <summary>Shows lines, as many and as much of them as there is room for.</summary>
    public void Show(IEnumerable<string> lines, string foot)
    {
        int width = Math.Max(_console.Screen.Profile.Width, 1);
        int height = Math.Max(_console.Screen.Profile.Height, 2);
        string Fit(string line) => line.Length <= width ? line : line[..width];
        _console.Output.Write(Home);
        foreach (string line in lines.Take(height - 2))
        {
            _console.Output.Write(Fit(line) + ClearLine + "\r\n");
        }

        _console.Output.Write(ClearBelow + $"{Escape}{height};1H" + Fit(foot) + ClearLine);
        _console.Output.Flush();
    }

    /// <summary>Gives the terminal back.</summary>
    public void Dispose()
    {
        _console.Output.Write(Leave);
        _console.Output.Flush();
    }
}
