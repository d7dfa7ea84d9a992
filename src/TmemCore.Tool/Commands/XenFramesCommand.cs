using System.CommandLine;
using System.Globalization;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen frames</c>: whether both ways to machine frames work, which needs no tmem.</summary>
internal static class XenFramesCommand
{
    private const int PageCountDefault = 4;

    /// <summary>The ways to frames, in the order they are tried.</summary>
    internal static IReadOnlyList<(string Way, Func<XenPort, int, MachineFrames> Get)> Ways { get; } =
        [("allocated", MachineFrames.Allocate), ("translated", MachineFrames.Translate)];

    public static Command Create(Func<XenPort> open)
    {
        var command = new Command(
            "frames",
            "Get page frames in both ways, map them again by their numbers and compare. Needs no tmem; leaves nothing behind. Exit code 0: at least one way works and none is wrong. Example: tmem xen frames");
        Option<uint?> pages = XenNumber.Option(
            "--pages",
            "-n",
            $"How many pages, 1 to {MachineFrames.PageCountMax}; {PageCountDefault} unless told.",
            least: 1,
            most: MachineFrames.PageCountMax);
        command.Options.Add(pages);
        command.SetAction(parsed => XenCommand.Run(parsed, open, (port, output) => Check(port, output, (int)(parsed.GetValue(pages) ?? PageCountDefault))));
        return command;
    }

    private static int Check(XenPort port, TextWriter output, int pageCount)
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
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{way,-10} frame 0x{frames.GetFrame(0):x} and {pageCount - 1} more: {(isRight ? "the numbers lead to the pages" : "WRONG, the numbers lead elsewhere")}"));
            }
            catch (Exception refused) when (refused is NotSupportedException or HypercallException)
            {
                output.WriteLine($"{way,-10} not possible here: {refused.Message}");
            }
        }

        return total is { Right: > 0, Wrong: 0 } ? XenCommand.Done : XenCommand.Failed;
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
