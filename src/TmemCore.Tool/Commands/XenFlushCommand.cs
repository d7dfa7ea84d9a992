using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen flush</c>: has tmem give memory back to the hypervisor.</summary>
internal static class XenFlushCommand
{
    public static Command Create(Func<XenPort> open)
    {
        var command = new Command(
            "flush",
            "Evict ephemeral pages until that much memory is free, and give tmem's free memory back to the hypervisor. Prints the KiB given back. Example: tmem xen flush 65536");
        var kibibytes = new Argument<uint>("kibibytes") { Description = "How much, in KiB; rounded up to whole pages." };
        command.Arguments.Add(kibibytes);
        command.SetAction(parsed => XenCommand.Control(parsed, open, (control, output) =>
        {
            output.WriteLine(control.Flush(parsed.GetValue(kibibytes)));
            return XenCommand.Done;
        }));
        return command;
    }
}
