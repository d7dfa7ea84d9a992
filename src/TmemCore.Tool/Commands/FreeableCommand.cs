using System.Globalization;

namespace TmemCore.Tool.Commands;

/// <summary><c>freeable</c>: how much memory a store could give back.</summary>
internal sealed class FreeableCommand : ToolCommand
{
    private readonly ControlLink _link;

    /// <summary>Makes the command.</summary>
    /// <param name="link">The store.</param>
    public FreeableCommand(ControlLink link)
        : base("freeable", "Print how much memory tmem could give back, in MiB.")
    {
        _link = link;
        link.AddOptions(this);
        SetAction(parsed => link.Act(parsed, target =>
            link.Console.Output.WriteLine(target.FreeableMebibytes.ToString(CultureInfo.InvariantCulture))));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples =>
        [(_link.Example("freeable"), "A number: MiB that are free in tmem's own lists, or hold ephemeral pages.")];
}
