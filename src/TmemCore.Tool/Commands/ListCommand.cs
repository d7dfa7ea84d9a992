using System.CommandLine;

namespace TmemCore.Tool.Commands;

/// <summary><c>list</c>: the statistics of a store.</summary>
internal sealed class ListCommand : ToolCommand
{
    private readonly ControlLink _link;

    /// <summary>Makes the command.</summary>
    /// <param name="link">The store.</param>
    public ListCommand(ControlLink link)
        : base("list", $"Print the statistics of a {link.ClientNoun} or of all, in the text form of Xen's tmem-list.")
    {
        _link = link;
        var selection = new ClientSelection(this, link);
        var isLong = new Option<bool>("--long", "-l") { Description = "All counters, not only the main ones." };
        Add(isLong);
        link.AddOptions(this);
        SetAction(parsed => link.Act(
            parsed, target => link.Console.Output.WriteLine(target.List(selection.Of(parsed), parsed.GetValue(isLong)))));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples =>
    [
        (_link.Example("list --long --all"), "All counters of the host, of every shared pool and of every client."),
        (_link.Example("list 3"), $"The main counters of {_link.ClientNoun} 3."),
    ];
}
