using System.CommandLine;
using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen probe</c>: what is there.</summary>
internal static class XenProbeCommand
{
    private const int LabelWidth = 12;

    public static Command Create(Func<XenPort> open)
    {
        var command = new Command(
            "probe",
            "Say what is there: device, hypervisor version, domain, tmem, way of control. Changes nothing. Exit code 0: tmem can be used; 2: there is a hypervisor and no tmem; 1: there is no hypervisor to call.");
        command.SetAction(parsed => Probe(open, parsed.InvocationConfiguration.Output));
        return command;
    }

    private static int Probe(Func<XenPort> open, TextWriter output)
    {
        XenPort port;
        try
        {
            port = open();
        }
        catch (XenUnavailableException missing)
        {
            Row(output, "hypervisor", "not reachable: " + missing.Message);
            return XenCommand.Failed;
        }

        using (port)
        {
            Row(output, "device", port.DevicePath);
            Row(output, "buffers", port.BufferDevicePath ?? "locked memory of the program");
            Row(output, "hypervisor", $"Xen {port.Version}");
            Row(output, "domain", DescribeDomain(port));
            XenTmemState state = port.ProbeTmem();
            Row(output, "tmem", DescribeTmem(state));
            if (state != XenTmemState.Present)
            {
                return XenCommand.NoTmem;
            }

            Row(output, "control", DescribeControl(port));
            return XenCommand.Done;
        }
    }

    private static string DescribeDomain(XenPort port)
    {
        try
        {
            XenDomain domain = port.GetDomain();
            return (domain.IsControlDomain ? "control domain (dom0), " : "not the control domain: control will be refused, ")
                + (domain.IsTranslated ? "frame numbers translated (HVM or PVH)" : "paravirtual (machine frame numbers)");
        }
        catch (IOException refused) when (refused is HypercallException or HypercallBufferException)
        {
            return "unknown: " + refused.Message;
        }
    }

    private static string DescribeTmem(XenTmemState state) => state switch
    {
        XenTmemState.Present => "present",
        XenTmemState.Absent => "no tmem: the hypervisor answers ENOSYS; Xen 4.13 and later have none",
        XenTmemState.SwitchedOff => "switched off: boot the hypervisor with 'tmem=1'",
        XenTmemState.Refused => "refused: the hypervisor's policy does not let this domain call tmem",
        _ => "unknown: the hypervisor gave an answer that fits nothing",
    };

    private static string DescribeControl(XenPort port)
    {
        try
        {
            var found = ControlInterface.Detect(port, port.Version);
            var control = new HypercallControl(port, found, port.Buffers);
            return $"{found}; {control.QueryFreeableMebibytes()} MiB freeable";
        }
        catch (IOException refused) when (refused is HypercallException or HypercallBufferException)
        {
            return "not possible: " + refused.Message;
        }
    }

    private static void Row(TextWriter output, string label, string value) =>
        output.WriteLine(label.PadRight(LabelWidth) + value);
}
