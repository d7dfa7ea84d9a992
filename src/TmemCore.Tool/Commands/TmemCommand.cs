using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using TmemCore.Tool.Guest;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>The command <c>tmem</c>: the list of its subcommands.</summary>
internal sealed class TmemCommand : RootCommand
{
    private readonly ToolConsole _console;

    /// <summary>Makes the command.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="tamper">For <see cref="TryCommand"/> and <see cref="SimulateCommand"/>; null outside of tests.</param>
    public TmemCommand(ToolConsole console, PageTamper? tamper = null)
        : base("A transcendent memory (tmem) page store: see it at work, replay traces on it, compare policies.")
    {
        _console = console;
        Add(new TryCommand(console, tamper));
        Add(new DensityCommand(console));
        Add(new ReplayCommand(console));
        Add(new SimulateCommand(console, tamper));
        Add(new ServeCommand(console));
        var store = new StoreLink(console);
        foreach (ToolCommand command in store.CreateCommands().Concat(MoveCommand.CreateAll(store)))
        {
            Add(command);
        }

        Add(new InspectCommand(console));

        Add(new AbiCommand());
        Add(new XenCommand(console));
        HelpOption help = Options.OfType<HelpOption>().Single();
        help.Action = new ExamplesHelpAction((HelpAction)help.Action!);
    }

    /// <summary>Every command's first example.</summary>
    public IReadOnlyList<(string CommandLine, string Effect)> Examples =>
        [.. Subcommands.OfType<ToolCommand>().Select(command => command.Examples[0])];

    /// <summary>Does what a command line asks for.</summary>
    /// <param name="args">The words behind <c>tmem</c>.</param>
    /// <returns>The exit code; 2 for a command line that is not understood.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        ParseResult result = Parse(args);
        if (result.Action is ParseErrorAction error)
        {
            // The help would hide what is wrong.
            error.ShowHelp = false;
        }

        var configuration = new InvocationConfiguration { Output = _console.Output, Error = _console.Error };
        int answer = await result.InvokeAsync(configuration);
        if (result.Action is not ParseErrorAction)
        {
            return answer;
        }

        _console.Error.WriteLine($"See {CommandLineOf(result.CommandResult)} --help.");
        return ExitCode.Usage;
    }

    private static string CommandLineOf(CommandResult command) =>
        command.Command is RootCommand ? "tmem" : $"tmem {command.Command.Name}";
}
