using System.CommandLine;
using System.CommandLine.Invocation;
using TmemCore.Tool.Control;
using TmemCore.Tool.Session;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>Commands of control in the lines of a session: they act on its host at that moment.</summary>
internal sealed class RunningSessionLink(ToolConsole console, ControlSession session) : SessionLink(console)
{
    /// <summary>Does what a line says.</summary>
    /// <param name="words">The words behind <c>tmem</c>.</param>
    /// <returns>The exit code; what went wrong has been told, with the line.</returns>
    public int Run(string words)
    {
        var root = new RootCommand();
        foreach (ToolCommand command in CreateCommands())
        {
            root.Add(command);
        }

        ParseResult result = root.Parse(words);
        if (result.Action is ParseErrorAction)
        {
            Console.Error.WriteLine($"{session.Place}: {string.Join(' ', result.Errors.Select(static error => error.Message))}");
            return ExitCode.Usage;
        }

        int exitCode = result.Invoke(new InvocationConfiguration { Output = Console.Output, Error = Console.Error });
        if (exitCode != ExitCode.Success)
        {
            Console.Error.WriteLine($"{session.Place}: the session ends here.");
        }

        return exitCode;
    }

    /// <inheritdoc/>
    public override void AddOptions(Command command)
    {
    }

    /// <inheritdoc/>
    public override int Control(ParseResult parsed, Func<IControlTarget, int> act) => Guard(() => act(session.Target));
}
