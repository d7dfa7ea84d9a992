namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen freeable</c>: how much memory tmem could give back.</summary>
internal sealed class XenFreeableCommand : ToolCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="link">The hypervisor.</param>
    public XenFreeableCommand(XenLink link)
        : base("freeable", "Print how much memory tmem could give back, in MiB.") =>
        SetAction(_ => link.Control(control =>
        {
            link.Console.Output.WriteLine(control.QueryFreeableMebibytes());
            return ExitCode.Success;
        }));

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
        [("tmem xen freeable", "A number: MiB free in tmem's own lists, or holding ephemeral pages.")];
}
