using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen freeze</c>, <c>thaw</c> and <c>destroy</c>.</summary>
internal sealed class XenStateCommand : ToolCommand
{
    private XenStateCommand(
        XenLink link, string name, string description, (string CommandLine, string Effect) example, Action<HypercallControl, uint> act)
        : base(name, description)
    {
        var selection = new XenClientSelection(this);
        Examples = [example];
        SetAction(parsed => link.Control(control =>
        {
            act(control, selection.Of(parsed));
            return ExitCode.Success;
        }));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; }

    /// <summary>Makes <c>freeze</c>.</summary>
    public static XenStateCommand Freeze(XenLink link) => new(
        link,
        "freeze",
        "Refuse new pages of a client; what it has stays.",
        ("tmem xen freeze 3", "Domain 3 can replace pages, and put no new ones."),
        static (control, client) => control.Freeze(client));

    /// <summary>Makes <c>thaw</c>.</summary>
    public static XenStateCommand Thaw(XenLink link) => new(
        link,
        "thaw",
        "Take new pages of a client again.",
        ("tmem xen thaw --all", "Every client can put new pages again."),
        static (control, client) => control.Thaw(client));

    /// <summary>Makes <c>destroy</c>.</summary>
    public static XenStateCommand Destroy(XenLink link) => new(
        link,
        "destroy",
        "Call the operation of that name, which in every Xen release destroys nothing and thaws.",
        ("tmem xen destroy 3", "As thaw 3."),
        static (control, client) => control.Destroy(client));
}
