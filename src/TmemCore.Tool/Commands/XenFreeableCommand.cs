using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen freeable</c>: how much memory tmem could give back.</summary>
internal static class XenFreeableCommand
{
    public static Command Create(Func<XenPort> open)
    {
        var command = new Command("freeable", "Print how much memory tmem could give back, in MiB. Example: tmem xen freeable");
        command.SetAction(parsed => XenCommand.Control(parsed, open, (control, output) =>
        {
            output.WriteLine(control.QueryFreeableMebibytes());
            return XenCommand.Done;
        }));
        return command;
    }
}
