using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen</c>: looks at tmem in the Xen hypervisor below, and controls it.</summary>
internal static class XenCommand
{
    /// <summary>Everything as asked.</summary>
    internal const int Done = 0;

    /// <summary>No hypervisor, or it refused.</summary>
    internal const int Failed = 1;

    /// <summary>There is a hypervisor, and no tmem to be used in it.</summary>
    internal const int NoTmem = 2;

    /// <summary>Makes the command with all its subcommands.</summary>
    /// <param name="open">Opens the hypervisor; null for the one below this machine.</param>
    public static Command Create(Func<XenPort>? open = null)
    {
        open ??= XenPort.Open;
        return new Command("xen", "Look at tmem in the Xen hypervisor this control domain runs on, and control it.")
        {
            XenProbeCommand.Create(open),
            XenListCommand.Create(open),
            XenStateCommand.CreateFreeze(open),
            XenStateCommand.CreateThaw(open),
            XenStateCommand.CreateDestroy(open),
            XenSetCommand.Create(open),
            XenFlushCommand.Create(open),
            XenFreeableCommand.Create(open),
            XenSharedAuthCommand.Create(open),
            XenFramesCommand.Create(open),
            XenRoundTripCommand.Create(open),
        };
    }

    /// <summary>Opens the hypervisor, does something, and turns whatever was refused into a message and an exit code.</summary>
    internal static int Run(ParseResult parsed, Func<XenPort> open, Func<XenPort, TextWriter, int> act)
    {
        try
        {
            using XenPort port = open();
            return act(port, parsed.InvocationConfiguration.Output);
        }
        catch (IOException refused) when (refused is XenUnavailableException or HypercallException or HypercallBufferException)
        {
            parsed.InvocationConfiguration.Error.WriteLine("tmem xen: " + refused.Message);
        }
        catch (NotSupportedException refused)
        {
            parsed.InvocationConfiguration.Error.WriteLine("tmem xen: " + refused.Message);
        }

        return Failed;
    }

    /// <summary>As <see cref="Run"/>, with control already found out.</summary>
    internal static int Control(ParseResult parsed, Func<XenPort> open, Func<HypercallControl, TextWriter, int> act) =>
        Run(parsed, open, (port, output) =>
        {
            var control = new HypercallControl(port, ControlInterface.Detect(port, port.Version), port.Buffers);
            return act(control, output);
        });
}
