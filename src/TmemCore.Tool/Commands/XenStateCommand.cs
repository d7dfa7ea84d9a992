using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen freeze</c>, <c>thaw</c> and <c>destroy</c>.</summary>
internal static class XenStateCommand
{
    public static Command CreateFreeze(Func<XenPort> open) => Create(
        open,
        "freeze",
        "Refuse new pages of a client; what it has stays. Example: tmem xen freeze 3",
        static (control, client) => control.Freeze(client));

    public static Command CreateThaw(Func<XenPort> open) => Create(
        open,
        "thaw",
        "Take new pages of a client again. Example: tmem xen thaw --all",
        static (control, client) => control.Thaw(client));

    public static Command CreateDestroy(Func<XenPort> open) => Create(
        open,
        "destroy",
        "Call the operation of that name. In every Xen release it destroys nothing and thaws. Example: tmem xen destroy 3",
        static (control, client) => control.Destroy(client));

    private static Command Create(Func<XenPort> open, string name, string description, Action<HypercallControl, uint> act)
    {
        var command = new Command(name, description);
        var selection = new XenClientSelection();
        selection.AddTo(command);
        command.SetAction(parsed => XenCommand.Control(parsed, open, (control, _) =>
        {
            act(control, selection.Of(parsed));
            return XenCommand.Done;
        }));
        return command;
    }
}
