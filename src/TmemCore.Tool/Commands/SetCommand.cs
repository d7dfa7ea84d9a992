using System.CommandLine;
using TmemCore.Tool.Control;

namespace TmemCore.Tool.Commands;

/// <summary><c>set</c>: weight, cap and compression of a client.</summary>
internal sealed class SetCommand : ToolCommand
{
    private readonly ControlLink _link;
    private readonly Option<uint?> _weight =
        WholeNumber.Option("--weight", "-w", "The weight among all clients; 0 for none.", int.MaxValue);

    private readonly Option<uint?> _cap;

    private readonly Option<uint?> _compress =
        WholeNumber.Option("--compress", "-p", "1: compress new pages. 0: store them as they are.", most: 1);

    /// <summary>Makes the command.</summary>
    /// <param name="link">The store.</param>
    public SetCommand(ControlLink link)
        : base("set", $"Set the weight, the cap or the compression of a {link.ClientNoun}.")
    {
        _link = link;
        _cap = WholeNumber.Option("--cap", "-c", link.CapDescription, uint.MaxValue);
        var selection = new ClientSelection(this, link);
        Add(_weight);
        Add(_cap);
        Add(_compress);
        Validators.Add(result =>
        {
            if (result.GetResult(_weight) is null && result.GetResult(_cap) is null && result.GetResult(_compress) is null)
            {
                result.AddError("Give at least one of --weight, --cap and --compress.");
            }
        });
        link.AddOptions(this);
        SetAction(parsed => link.Act(parsed, target => Set(target, selection.Of(parsed), parsed)));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples =>
    [
        (_link.Example("set 3 --weight 60 --compress 1"), $"The {_link.ClientNoun} 3 has weight 60 from now on, and its new pages are compressed."),
        (_link.Example("set --all --compress 0"), "No client's new pages are compressed; weights stay."),
    ];

    private void Set(IControlTarget target, uint client, ParseResult parsed)
    {
        if (parsed.GetValue(_weight) is { } weight)
        {
            target.SetWeight(client, weight);
        }

        if (parsed.GetValue(_cap) is { } cap)
        {
            target.SetCap(client, cap);
        }

        if (parsed.GetValue(_compress) is { } isOn)
        {
            target.SetCompression(client, isOn == 1);
        }
    }
}
