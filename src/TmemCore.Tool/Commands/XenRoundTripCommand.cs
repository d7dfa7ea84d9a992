using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary>
/// <c>tmem xen roundtrip</c>: real pages through the hypervisor and back, by both ways to machine frames, each answer
/// compared with what a hypervisor with tmem gives.
/// </summary>
internal static class XenRoundTripCommand
{
    private const ulong AbsentFrame = (1UL << 40) - 1;
    private const int AbsentPool = 15;

    public static Command Create(Func<XenPort> open)
    {
        var command = new Command(
            "roundtrip",
            "Put pages into pools of this domain and get them back, with frames from the hypervisor and with frames of locked memory; compare pages and answers; destroy the pools. Exit code 0: all as expected; 2: no tmem. Example: tmem xen roundtrip");
        command.SetAction(parsed => XenCommand.Run(parsed, open, RoundTrip));
        return command;
    }

    private static int RoundTrip(XenPort port, TextWriter output)
    {
        XenTmemState state = port.ProbeTmem();
        if (state != XenTmemState.Present)
        {
            output.WriteLine($"no round trip: tmem is {state.ToString().ToLowerInvariant()} in Xen {port.Version}; see 'tmem xen probe'");
            return XenCommand.NoTmem;
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
            catch (Exception refused) when (refused is NotSupportedException or HypercallException)
            {
                output.WriteLine($"{way,-10} not possible here: {refused.Message}");
            }
        }

        output.WriteLine($"{total.Passed} answers as expected, {total.Wrong} not");
        return total is { Passed: > 0, Wrong: 0 } ? XenCommand.Done : XenCommand.Failed;
    }
}
