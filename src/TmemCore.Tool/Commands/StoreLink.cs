using System.CommandLine;
using System.Net.Sockets;
using TmemCore.Client;
using TmemCore.Migration;
using TmemCore.Tool.Control;
using TmemCore.Tool.Scripting;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>Commands of control on a daemon, or on a host of this process that a script has been played on.</summary>
internal class StoreLink(ToolConsole console) : ControlLink(console)
{
    private readonly Option<string?> _socket = new("--socket")
    {
        Description = "The daemon's socket; where daemons listen by themselves when not given.",
        HelpName = "PATH",
    };

    private readonly Option<string?> _script = new("--script")
    {
        Description = "No daemon, but a host of this process, on which a file of operations is played before the command acts. A trace is one, too.",
        HelpName = "FILE",
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
    public override string Example(string words) => "tmem " + words;

    /// <inheritdoc/>
    public override void AddOptions(Command command)
    {
        command.Add(_socket);
        command.Add(_script);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_socket) is not null && result.GetResult(_script) is not null)
            {
                result.AddError("Give --socket or --script, not both.");
            }
        });
    }

    /// <summary>Adds the option that says which script's host is meant, for commands that act on nothing else.</summary>
    public virtual void AddScript(Command command)
    {
        command.Add(_script);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_script) is null)
            {
                result.AddError("Give --script: the command acts on a host of this process.");
            }
        });
    }

    /// <summary>Does something with a script's host.</summary>
    public int OnHost(ParseResult parsed, Func<TmemHost, Task> act) => Control(parsed, target =>
    {
        try
        {
            act(((HostControlTarget)target).Host).GetAwaiter().GetResult();
            return ExitCode.Success;
        }
        catch (Exception e) when (e is MigrationException or SocketException or InsufficientMemoryException or ArgumentException)
        {
            throw new ControlRefusedException(e.Message);
        }
    });

    /// <inheritdoc/>
    public override int Control(ParseResult parsed, Func<IControlTarget, int> act) =>
        Guard(() =>
        {
            if (parsed.GetValue(_script) is not string file)
            {
                using var connection = TmemConnection.Connect(parsed.GetValue(_socket));
                return act(new DaemonControlTarget(connection));
            }

            using var script = new ControlScript(file);
            int exitCode = Play(script, Console, CancellationToken.None, out int differences);
            exitCode = exitCode != ExitCode.Success ? exitCode : act(script.Target);
            return exitCode == ExitCode.Success && differences != 0 ? ExitCode.Failure : exitCode;
        });

    /// <summary>A script is played meanwhile; what it prints is left out.</summary>
    public override int Watch(ParseResult parsed, Func<IControlTarget, int> act) => parsed.GetValue(_script) is not string file
        ? Control(parsed, act)
        : Guard(() =>
        {
            using var script = new ControlScript(file);
            using var end = new CancellationTokenSource();
            var quiet = new ToolConsole(TextWriter.Null, Console.Error, isInteractive: false);
            var playing = Task.Factory.StartNew(() => Play(script, quiet, end.Token, out _), TaskCreationOptions.LongRunning);
            try
            {
                return act(script.Target);
            }
            finally
            {
                end.Cancel();
                playing.GetAwaiter().GetResult();
            }
        });

    /// <summary>Plays a script to its end, or until a command in it fails, whose exit code is the answer.</summary>
    private static int Play(ControlScript script, ToolConsole console, CancellationToken cancellation, out int differences)
    {
        int told = 0;
        int exitCode = script.Play(
            words => new RunningScriptLink(console, script).Run(words),
            difference =>
            {
                console.Error.WriteLine(difference);
                told++;
            },
            cancellation);
        differences = told;
        return exitCode;
    }

    /// <summary>Tells in a sentence what does not work.</summary>
    protected int Guard(Func<int> act)
    {
        try
        {
            return act();
        }
        catch (Exception refused) when (refused is ControlRefusedException or InvalidOperationException)
        {
            Console.Error.WriteLine("tmem: " + refused.Message);
            return ExitCode.Failure;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or FormatException)
        {
            Console.Error.WriteLine(e.Message);
            return ExitCode.Usage;
        }
    }
}
