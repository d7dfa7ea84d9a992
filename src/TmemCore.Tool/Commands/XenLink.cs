using System.CommandLine;
using TmemCore.Hypercalls;
using TmemCore.Tool.Control;
using TmemCore.Tool.Terminal;

namespace TmemCore.Tool.Commands;

/// <summary>What the commands of <c>tmem xen</c> share: where the hypervisor is, and how its refusals are told.</summary>
/// <param name="console">Where the commands write.</param>
/// <param name="open">Opens the hypervisor.</param>
internal sealed class XenLink(ToolConsole console, Func<XenPort> open) : ControlLink(console)
{
    /// <summary>Opens the hypervisor.</summary>
    public Func<XenPort> Open { get; } = open;

    /// <inheritdoc/>
    public override string ClientNoun => "domain";

    /// <inheritdoc/>
    public override string MemoryOwner => "the hypervisor";

    /// <inheritdoc/>
    public override string CapDescription => "The cap. Xen stores it, does not enforce it, and has none since 4.8.";

    /// <inheritdoc/>
    public override (string Description, string Effect) Destruction =>
        ("Call the operation of that name, which in every Xen release destroys nothing and thaws.", "As thaw 3.");

    /// <inheritdoc/>
    public override string Example(string words) => "tmem xen " + words;

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

    /// <inheritdoc/>
    public override int Control(ParseResult parsed, Func<IControlTarget, int> act) => Run(port =>
        act(new XenControlTarget(new HypercallControl(port, ControlInterface.Detect(port, port.Version), port.Buffers))));

    /// <summary>Whether an exception is an answer of the hypervisor or the kernel, and no fault of the program.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is HypercallException or HypercallBufferException or NotSupportedException;
}
