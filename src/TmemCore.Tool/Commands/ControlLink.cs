using System.CommandLine;
using TmemCore.Tool.Control;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>How commands of control come to the store that they act on.</summary>
internal abstract class ControlLink(ToolConsole console)
{
    /// <summary>Where the commands write.</summary>
    public ToolConsole Console { get; } = console;

    /// <summary>What a client is called in descriptions.</summary>
    public abstract string ClientNoun { get; }

    /// <summary>Whom the store has its memory from.</summary>
    public abstract string MemoryOwner { get; }

    /// <summary>What a cap is there, for the help.</summary>
    public abstract string CapDescription { get; }

    /// <summary>What destroying a client does there, and does to client 3.</summary>
    public abstract (string Description, string Effect) Destruction { get; }

    /// <summary>A command line for the help.</summary>
    /// <param name="words">The command and its arguments.</param>
    public abstract string Example(string words);

    /// <summary>Adds the options that say where the store is.</summary>
    public virtual void AddOptions(Command command)
    {
    }

    /// <summary>Opens the store and does something.</summary>
    /// <returns>The exit code; what went wrong has been told.</returns>
    public abstract int Control(ParseResult parsed, Func<IControlTarget, int> act);

    /// <summary>As <see cref="Control"/>, where nothing but success is to be told.</summary>
    public int Act(ParseResult parsed, Action<IControlTarget> act) => Control(parsed, target =>
    {
        act(target);
        return ExitCode.Success;
    });

    /// <summary>As <see cref="Control"/>, for commands that look on while others act.</summary>
    public virtual int Watch(ParseResult parsed, Func<IControlTarget, int> act) => Control(parsed, act);

    /// <summary>All commands of control.</summary>
    public IEnumerable<ToolCommand> CreateCommands() =>
    [
        new ListCommand(this),
        new TopCommand(this),
        StateCommand.Freeze(this),
        StateCommand.Thaw(this),
        StateCommand.Destroy(this),
        new SetCommand(this),
        new FlushCommand(this),
        new FreeableCommand(this),
        new SharedAuthCommand(this),
    ];
}
