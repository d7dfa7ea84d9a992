using System.CommandLine;
using TmemCore.Tool.Control;
using TmemCore.Tool.Scripting;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>Commands of control on a host of this process, that a script has been played on.</summary>
internal class ScriptLink(ToolConsole console) : ControlLink(console)
{
    private readonly Option<string> _script = new("--script")
    {
        Description = "The script to act on: a file of operations, played on a host of this process before the command acts. A trace is one, too.",
        HelpName = "FILE",
        Required = true,
    };

    /// <inheritdoc/>
    public override string ClientNoun => "client";

    /// <inheritdoc/>
    public override string MemoryOwner => "the system";

    /// <inheritdoc/>
    public override string CapDescription => "The most that the client's ephemeral pages may take, in MiB; 0 for no limit.";

    /// <inheritdoc/>
    public override (string Description, string Effect) Destruction =>
        ("End a client: its pools and pages are gone, persistent ones too. (Xen's tmem-destroy only thaws.)", "Client 3 is gone, with all its pages.");

    /// <inheritdoc/>
    public override string Example(string words) => $"tmem {words} --script day.tmem";

    /// <inheritdoc/>
    public override void AddOptions(Command command) => command.Add(_script);

    /// <inheritdoc/>
    public override int Control(ParseResult parsed, Func<IControlTarget, int> act) =>
        Guard(() =>
        {
            using var script = new ControlScript(parsed.GetRequiredValue(_script));
            int differences = 0;
            int exitCode = script.Play(
                words => new RunningScriptLink(Console, script).Run(words),
                difference =>
                {
                    Console.Error.WriteLine(difference);
                    differences++;
                });
            exitCode = exitCode != ExitCode.Success ? exitCode : act(script.Target);
            return exitCode == ExitCode.Success && differences != 0 ? ExitCode.Failure : exitCode;
        });

    /// <summary>Tells in a sentence what does not work.</summary>
    protected int Guard(Func<int> act)
    {
        try
        {
            return act();
        }
        catch (ControlRefusedException refused)
        {
            Console.Error.WriteLine("tmem: " + refused.Message);
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or InsufficientMemoryException)
        {
            Console.Error.WriteLine("The script's first line asks for a host that cannot be made. " + e.Message);
            return ExitCode.Usage;
        }
    }
}
