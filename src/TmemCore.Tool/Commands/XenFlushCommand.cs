using System.CommandLine;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen flush</c>: has tmem give memory back to the hypervisor.</summary>
internal sealed class XenFlushCommand : ToolCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="link">The hypervisor.</param>
    public XenFlushCommand(XenLink link)
        : base(
            "flush",
            "Evict ephemeral pages until that much memory is free, and give tmem's free memory back to the hypervisor. Prints the KiB given back.")
    {
        var kibibytes = new Argument<uint>("kibibytes") { Description = "How much, in KiB; rounded up to whole pages." };
        Add(kibibytes);
        SetAction(parsed => link.Control(control =>
        {
            link.Console.Output.WriteLine(control.Flush(parsed.GetValue(kibibytes)));
            return ExitCode.Success;
        }));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
        [("tmem xen flush 65536", "64 MiB or more go back, if tmem has as much.")];
}
