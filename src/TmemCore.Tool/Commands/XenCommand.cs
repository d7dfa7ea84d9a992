using TmemCore.Hypercalls;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen</c>: looks at tmem in the Xen hypervisor below, and controls it.</summary>
internal sealed class XenCommand : ToolCommand
{
    /// <summary>Makes the command with all its subcommands.</summary>
    /// <param name="console">Where it writes.</param>
    /// <param name="open">Opens the hypervisor; null for the one below this machine.</param>
    public XenCommand(ToolConsole console, Func<XenPort>? open = null)
        : base("xen", "Look at tmem in the Xen hypervisor this control domain runs on, and control it. Needs root in dom0.")
    {
        var link = new XenLink(console, open ?? XenPort.Open);
        Add(new XenProbeCommand(link));
        foreach (ToolCommand command in link.CreateCommands())
        {
            Add(command);
        }

        Add(new XenFramesCommand(link));
        Add(new XenRoundTripCommand(link));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples =>
    [
        ("tmem xen probe", "Says whether there is a hypervisor, which one, and whether it has tmem."),
        .. Subcommands.OfType<ToolCommand>().Skip(1).Select(static command => command.Examples[0]),
    ];
}
