using TmemCore.Tool.Control;

namespace TmemCore.Tool.Commands;

/// <summary><c>freeze</c>, <c>thaw</c> and <c>destroy</c>.</summary>
internal sealed class StateCommand : ToolCommand
{
    private StateCommand(
        ControlLink link, string name, string description, (string Words, string Effect) example, Action<IControlTarget, uint> act)
        : base(name, description)
    {
        var selection = new ClientSelection(this, link);
        Examples = [(link.Example(example.Words), example.Effect)];
        link.AddOptions(this);
        SetAction(parsed => link.Act(parsed, target => act(target, selection.Of(parsed))));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; }

    /// <summary>Makes <c>freeze</c>.</summary>
    public static StateCommand Freeze(ControlLink link) => new(
        link,
        "freeze",
        $"Refuse new pages of a {link.ClientNoun}; what it has stays.",
        ("freeze 3", $"The {link.ClientNoun} 3 can replace pages, and put no new ones."),
        static (target, client) => target.Freeze(client));

    /// <summary>Makes <c>thaw</c>.</summary>
    public static StateCommand Thaw(ControlLink link) => new(
        link,
        "thaw",
        $"Take new pages of a {link.ClientNoun} again.",
        ("thaw --all", "Every client can put new pages again."),
        static (target, client) => target.Thaw(client));

    /// <summary>Makes <c>destroy</c>.</summary>
    public static StateCommand Destroy(ControlLink link) => new(
        link,
        "destroy",
        link.Destruction.Description,
        ("destroy 3", link.Destruction.Effect),
        static (target, client) => target.Destroy(client));
}
