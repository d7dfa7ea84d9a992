using TmemCore.Hypercalls;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>What the commands of <c>tmem xen</c> share: where the hypervisor is, and how its refusals are told.</summary>
/// <param name="Console">Where the commands write.</param>
/// <param name="Open">Opens the hypervisor.</param>
internal sealed record XenLink(ToolConsole Console, Func<XenPort> Open)
{
    /// <summary>
    /// Opens the hypervisor and does something. Without a hypervisor the answer is <see cref="ExitCode.Usage"/>, with a
    /// refusal <see cref="ExitCode.Failure"/>; either is told in a sentence.
    /// </summary>
    public int Run(Func<XenPort, int> act)
    {
        try
        {
            using XenPort port = Open();
            return act(port);
        }
        catch (XenUnavailableException missing)
        {
            Console.Error.WriteLine("tmem xen: " + missing.Message);
            return ExitCode.Usage;
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            Console.Error.WriteLine("tmem xen: " + refused.Message);
            return ExitCode.Failure;
        }
    }

    /// <summary>As <see cref="Run"/>, with the way of control already found out.</summary>
    public int Control(Func<HypercallControl, int> act) => Run(port =>
        act(new HypercallControl(port, ControlInterface.Detect(port, port.Version), port.Buffers)));

    /// <summary>Whether an exception is an answer of the hypervisor or the kernel, and no fault of the program.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is HypercallException or HypercallBufferException or NotSupportedException;
}
