using System.CommandLine;
using System.Globalization;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen frames</c>: whether both ways to machine frames work, which needs no tmem.</summary>
internal sealed class XenFramesCommand : ToolCommand
{
    private const int PageCountDefault = 4;

    private readonly XenLink _link;

    /// <summary>Makes the command.</summary>
    /// <param name="link">The hypervisor.</param>
    public XenFramesCommand(XenLink link)
        : base(
            "frames",
            "Get page frames in both ways, map them again by their numbers and compare. Needs no tmem; leaves nothing "
            + "behind. The exit code is 0 when at least one way works and none is wrong.")
    {
        _link = link;
        Option<uint?> pages = WholeNumber.Option(
            "--pages",
            "-n",
            $"How many pages, 1 to {MachineFrames.PageCountMax}; {PageCountDefault} unless told.",
            least: 1,
            most: MachineFrames.PageCountMax);
        Add(pages);
        SetAction(parsed => link.Run(port => Check(port, (int)(parsed.GetValue(pages) ?? PageCountDefault))));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem xen frames", "A line for each way: whether the frame numbers lead to the pages."),
        ("tmem xen frames --pages 4096", "The same for 16 MiB at once."),
    ];

    /// <summary>The ways to frames, in the order they are tried.</summary>
    internal static IReadOnlyList<(string Way, Func<XenPort, int, MachineFrames> Get)> Ways { get; } =
        [("allocated", MachineFrames.Allocate), ("translated", MachineFrames.Translate)];

    private int Check(XenPort port, int pageCount)
    {
        bool isTranslated = port.GetDomain().IsTranslated;
        (int Right, int Wrong) total = (0, 0);
        foreach ((string way, Func<XenPort, int, MachineFrames> get) in Ways)
        {
            try
            {
                using MachineFrames frames = get(port, pageCount);
                bool isRight = isTranslated || Compare(frames);
                total = (total.Right + (isRight ? 1 : 0), total.Wrong + (isRight ? 0 : 1));
                _link.Console.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{way,-10} frame 0x{frames.GetFrame(0):x} and {pageCount - 1} more: {(isRight ? "the numbers lead to the pages" : "WRONG, the numbers lead elsewhere")}"));
            }
            catch (Exception refused) when (XenLink.IsRefusal(refused))
            {
                _link.Console.Output.WriteLine($"{way,-10} not possible here: {refused.Message}");
            }
        }

        return total is { Right: > 0, Wrong: 0 } ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Each page says which one it is, so that exchanged frames are found out too.</summary>
    private static bool Compare(MachineFrames frames)
    {
        for (int i = 0; i < frames.PageCount; i++)
        {
            frames.GetPage(i).Fill((byte)(1 + (i % 251)));
        }

        return frames.Verify();
    }
}
