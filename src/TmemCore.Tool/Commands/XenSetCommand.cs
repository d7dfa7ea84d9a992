using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen set</c>: weight, cap and compression of a client.</summary>
internal sealed class XenSetCommand : ToolCommand
{
    private readonly Option<uint?> _weight =
        XenNumber.Option("--weight", "-w", "The weight among all clients; 0 for none.", uint.MaxValue);

    private readonly Option<uint?> _cap = XenNumber.Option(
        "--cap", "-c", "The cap. Xen stores it, does not enforce it, and has none since 4.8.", uint.MaxValue);

    private readonly Option<uint?> _compress =
        XenNumber.Option("--compress", "-p", "1: compress new pages. 0: store them as they are.", most: 1);

    /// <summary>Makes the command.</summary>
    /// <param name="link">The hypervisor.</param>
    public XenSetCommand(XenLink link)
        : base("set", "Set the weight, the cap or the compression of a client.")
    {
        var selection = new XenClientSelection(this);
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
        SetAction(parsed => link.Control(control => Set(control, selection.Of(parsed), parsed)));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem xen set 3 --weight 60 --compress 1", "Domain 3 has weight 60 from now on, and its new pages are compressed."),
        ("tmem xen set --all --compress 0", "No client's new pages are compressed; weights stay."),
    ];

    private int Set(HypercallControl control, uint client, ParseResult parsed)
    {
        if (parsed.GetValue(_weight) is { } weight)
        {
            control.SetWeight(client, weight);
        }

        if (parsed.GetValue(_cap) is { } cap)
        {
            control.SetCap(client, cap);
        }

        if (parsed.GetValue(_compress) is { } isOn)
        {
            control.SetCompression(client, isOn == 1);
        }

        return ExitCode.Success;
    }
}
