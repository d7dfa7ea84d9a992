using System.CommandLine;
using TmemCore.Hypercalls;
using TmemCore.Statistics;
using TmemCore.Tool.Control;
using TmemCore.Tool.Listing;

namespace TmemCore.Tool.Commands;

/// <summary><c>list</c>: the statistics of a store.</summary>
internal sealed class ListCommand : ToolCommand
{
    private const string Text = "text";
    private const string Table = "table";
    private const string Json = "json";

    private readonly ControlLink _link;
    private readonly ClientSelection _selection;
    private readonly Option<bool> _long = new("--long", "-l") { Description = "All counters, not only the main ones; the other formats always have them." };

    private readonly Option<string> _format = new Option<string>("--format")
    {
        Description = "text: as Xen's tmem-list writes it, for programs made for that. table: for people. json: one object for programs.",
        DefaultValueFactory = static _ => Text,
    }.AcceptOnlyFromAmong(Text, Table, Json);

    /// <summary>Makes the command.</summary>
    /// <param name="link">The store.</param>
    public ListCommand(ControlLink link)
        : base("list", $"Print the statistics of a {link.ClientNoun} or of all.")
    {
        _link = link;
        _selection = new ClientSelection(this, link);
        Add(_long);
        Add(_format);
        link.AddOptions(this);
        SetAction(parsed => link.Act(parsed, target => Write(parsed, target)));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples =>
    [
        (_link.Example("list --long --all"), "All counters of the host, of every shared pool and of every client."),
        (_link.Example("list 3"), $"The main counters of {_link.ClientNoun} 3."),
        (_link.Example("list --all --format table"), "Clients and pools as tables."),
    ];

    private void Write(ParseResult parsed, IControlTarget target)
    {
        TextWriter output = _link.Console.Output;
        string format = parsed.GetValue(_format)!;
        uint clients = _selection.Of(parsed);
        string text = target.List(clients, parsed.GetValue(_long) || format != Text);
        if (format == Text)
        {
            // The original's tools end the text with one line feed more.
            output.WriteLine(text);
            return;
        }

        TmemList list = TmemListReader.Parse(text);
        MemoryStatistics? memory = clients == HypercallControl.AllClients ? target.Memory : null;
        if (format == Table)
        {
            ListTable.Write(list, memory, output);
        }
        else
        {
            output.WriteLine(ListJson.Write(list, memory));
        }
    }
}
