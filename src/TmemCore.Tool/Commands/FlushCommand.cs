using System.CommandLine;
using System.Globalization;

namespace TmemCore.Tool.Commands;

/// <summary><c>flush</c>: has a store give memory back.</summary>
internal sealed class FlushCommand : ToolCommand
{
    private readonly ControlLink _link;

    /// <summary>Makes the command.</summary>
    /// <param name="link">The store.</param>
    public FlushCommand(ControlLink link)
        : base(
            "flush",
            $"Evict ephemeral pages until that much memory is free, and give it back to {link.MemoryOwner}. Prints the KiB given back.")
    {
        _link = link;
        var kibibytes = new Argument<uint>("kibibytes") { Description = "How much, in KiB; rounded up to whole pages." };
        Add(kibibytes);
        link.AddOptions(this);
        SetAction(parsed => link.Act(parsed, target =>
            link.Console.Output.WriteLine(target.Flush(parsed.GetValue(kibibytes)).ToString(CultureInfo.InvariantCulture))));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples =>
        [(_link.Example("flush 65536"), "64 MiB or more go back, if tmem has as much.")];
}
