using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen list</c>: the statistics of the hypervisor, as it writes them.</summary>
internal static class XenListCommand
{
    public static Command Create(Func<XenPort> open)
    {
        var command = new Command("list", "Print the statistics of a client or of all, as the hypervisor writes them. Example: tmem xen list -l --all");
        var selection = new XenClientSelection();
        selection.AddTo(command);
        var isLong = new Option<bool>("--long", "-l") { Description = "All counters, not only the main ones." };
        command.Options.Add(isLong);
        command.SetAction(parsed => XenCommand.Control(parsed, open, (control, output) =>
        {
            output.WriteLine(control.List(selection.Of(parsed), parsed.GetValue(isLong)));
            return XenCommand.Done;
        }));
        return command;
    }
}
