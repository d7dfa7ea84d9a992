using System.CommandLine;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen list</c>: the statistics of the hypervisor, as it writes them.</summary>
internal sealed class XenListCommand : ToolCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="link">The hypervisor.</param>
    public XenListCommand(XenLink link)
        : base("list", "Print the statistics of a client or of all, as the hypervisor writes them.")
    {
        var selection = new XenClientSelection(this);
        var isLong = new Option<bool>("--long", "-l") { Description = "All counters, not only the main ones." };
        Add(isLong);
        SetAction(parsed => link.Control(control =>
        {
            link.Console.Output.WriteLine(control.List(selection.Of(parsed), parsed.GetValue(isLong)));
            return ExitCode.Success;
        }));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem xen list --long --all", "All counters of the host, of every shared pool and of every client."),
        ("tmem xen list 3", "The main counters of domain 3."),
    ];
}
