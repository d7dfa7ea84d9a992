using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary><c>tmem xen probe</c>: what is there.</summary>
internal sealed class XenProbeCommand : ToolCommand
{
    private const int LabelWidth = 12;

    private readonly XenLink _link;

    /// <summary>Makes the command.</summary>
    /// <param name="link">The hypervisor.</param>
    public XenProbeCommand(XenLink link)
        : base(
            "probe",
            "Say what is there: device, hypervisor version, domain, tmem, way of control. Changes nothing. The exit "
            + "code is 0 when tmem can be used, 1 when the hypervisor has none, 2 when there is no hypervisor to call.")
    {
        _link = link;
        SetAction(_ => Probe());
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string CommandLine, string Effect)> Examples { get; } =
    [
        ("tmem xen probe", "Five or six lines, of which the one that begins with 'tmem' matters most."),
        ("tmem xen probe > /dev/null && tmem xen list --all", "Lists only where there is something to list."),
    ];

    private int Probe()
    {
        XenPort port;
        try
        {
            port = _link.Open();
        }
        catch (XenUnavailableException missing)
        {
            Row("hypervisor", "not reachable: " + missing.Message);
            return ExitCode.Usage;
        }

        using (port)
        {
            Row("device", port.DevicePath);
            Row("buffers", port.BufferDevicePath ?? "locked memory of the program");
            Row("hypervisor", $"Xen {port.Version}");
            Row("domain", DescribeDomain(port));
            XenTmemState state = port.ProbeTmem();
            Row("tmem", DescribeTmem(state));
            if (state != XenTmemState.Present)
            {
                return ExitCode.Failure;
            }

            Row("control", DescribeControl(port));
            return ExitCode.Success;
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
        catch (Exception refused) when (XenLink.IsRefusal(refused))
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
        catch (Exception refused) when (XenLink.IsRefusal(refused))
        {
            return "not possible: " + refused.Message;
        }
    }

    private void Row(string label, string value) => _link.Console.Output.WriteLine(label.PadRight(LabelWidth) + value);
}
