using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary>
/// <c>tmem xen roundtrip</c>: real pages through the hypervisor and back, by both ways to machine frames, each answer
/// compared with what a hypervisor with tmem gives.
/// </summary>
internal sealed class XenRoundTripCommand : ToolCommand
{
    private const ulong AbsentFrame = (1UL << 40) - 1;
    private const int AbsentPool = 15;

    private readonly XenLink _link;

    /// <summary>Makes the command.</summary>
    /// <param name="link">The hypervisor.</param>
    public XenRoundTripCommand(XenLink link)
        : base(
            "roundtrip",
            "Put pages into pools of this domain and get them back, with frames from the hypervisor and with frames "
            + "of locked memory; compare pages and answers; destroy the pools. The exit code is 0 when all is as expected.")
    {
        _link = link;
        SetAction(_ => link.Run(RoundTrip));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
        [("tmem xen roundtrip", "A line for each call with its answer, and how many were as expected.")];

    private int RoundTrip(XenPort port)
    {
        TextWriter output = _link.Console.Output;
        XenTmemState state = port.ProbeTmem();
        if (state != XenTmemState.Present)
        {
            output.WriteLine($"no round trip: tmem is {state.ToString().ToLowerInvariant()} in Xen {port.Version}; see 'tmem xen probe'");
            return ExitCode.Failure;
        }

        (int Passed, int Wrong) total = (0, 0);
        foreach ((string way, Func<XenPort, int, MachineFrames> get) in XenFramesCommand.Ways)
        {
            try
            {
                using MachineFrames frames = get(port, 2);
                var trip = new XenRoundTrip(port, frames, output, way);
                trip.Run(AbsentPool, AbsentFrame);
                total = (total.Passed + trip.PassedCount, total.Wrong + trip.WrongCount);
            }
            catch (Exception refused) when (XenLink.IsRefusal(refused))
            {
                output.WriteLine($"{way,-10} not possible here: {refused.Message}");
            }
        }

        output.WriteLine($"{total.Passed} answers as expected, {total.Wrong} not");
        return total is { Passed: > 0, Wrong: 0 } ? ExitCode.Success : ExitCode.Failure;
    }
}
