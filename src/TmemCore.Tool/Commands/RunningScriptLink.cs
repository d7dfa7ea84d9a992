using System.CommandLine;
using System.CommandLine.Invocation;
using TmemCore.Tool.Control;
using TmemCore.Tool.Scripting;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>Commands of control in the lines of a script: they act on its host at that moment.</summary>
internal sealed class RunningScriptLink(ToolConsole console, ControlScript script) : StoreLink(console)
{
    /// <summary>Does what a line says.</summary>
    /// <param name="words">The words behind <c>tmem</c>.</param>
    /// <returns>The exit code; what went wrong has been told, with the line.</returns>
    public int Run(string words)
    {
        var root = new RootCommand();
        foreach (ToolCommand command in CreateCommands().Concat(MoveCommand.CreateAll(this)))
        {
            root.Add(command);
        }

        ParseResult result = root.Parse(words);
        if (result.Action is ParseErrorAction)
        {
            Console.Error.WriteLine($"{script.Place}: {string.Join(' ', result.Errors.Select(static error => error.Message))}");
            return ExitCode.Usage;
        }

        int exitCode = result.Invoke(new InvocationConfiguration { Output = Console.Output, Error = Console.Error });
        if (exitCode != ExitCode.Success)
        {
            Console.Error.WriteLine($"{script.Place}: the script ends here.");
        }

        return exitCode;
    }

    /// <inheritdoc/>
    public override void AddOptions(Command command)
    {
    }

    /// <inheritdoc/>
    public override void AddScript(Command command)
    {
    }

    /// <inheritdoc/>
    public override int Control(ParseResult parsed, Func<IControlTarget, int> act) => Guard(() => act(script.Target));
}
