using Xunit;

namespace TmemCore.Xen.Tests;

/// <summary>The tool as native code, in the control domain of a real hypervisor without tmem.</summary>
public sealed class XenBootTests(XenBoot boot) : IClassFixture<XenBoot>
{
    [XenBootFact]
    public void Probe_tells_the_version_and_that_there_is_no_tmem()
    {
        string probe = boot.Section("probe");
        Assert.Contains("/dev/xen/privcmd", probe, StringComparison.Ordinal);
        Assert.Matches(@"hypervisor +Xen 4\.\d+", probe);
        Assert.Contains("control domain (dom0), paravirtual", probe, StringComparison.Ordinal);
        Assert.Contains("no tmem", probe, StringComparison.Ordinal);
        Assert.EndsWith("exit 1", probe, StringComparison.Ordinal);
    }

    [XenBootFact]
    public void Both_ways_to_machine_frames_lead_to_the_pages()
    {
        string frames = boot.Section("frames");
        Assert.Matches("allocated +frame 0x[0-9a-f]+ and 3 more: the numbers lead to the pages", frames);
        Assert.Matches("translated +frame 0x[0-9a-f]+ and 3 more: the numbers lead to the pages", frames);
        Assert.EndsWith("exit 0", frames, StringComparison.Ordinal);
    }

    [XenBootFact]
    public void Frames_go_back_to_the_hypervisor()
    {
        for (int round = 1; round <= 4; round++)
        {
            string frames = boot.Section($"round {round}");
            Assert.Contains("allocated", frames, StringComparison.Ordinal);
            Assert.DoesNotContain("not possible", frames, StringComparison.Ordinal);
            Assert.EndsWith("exit 0", frames, StringComparison.Ordinal);
        }
    }

    [XenBootFact]
    public void Control_says_that_this_hypervisor_has_no_tmem()
    {
        foreach (string command in new[] { "list --all", "freeable" })
        {
            string text = boot.Section(command);
            Assert.Contains("-38 (ENOSYS). This hypervisor has no tmem", text, StringComparison.Ordinal);
            Assert.EndsWith("exit 1", text, StringComparison.Ordinal);
        }

        Assert.EndsWith("exit 1", boot.Section("roundtrip"), StringComparison.Ordinal);
    }

    [XenBootFact]
    public void Missing_rights_and_a_missing_module_are_named()
    {
        Assert.EndsWith("exit 2", boot.Section("another user"), StringComparison.Ordinal);
        Assert.Contains("this user may not open it (-13 (EACCES))", boot.Section("another user"), StringComparison.Ordinal);
        Assert.Contains("modprobe xen-privcmd", boot.Section("without module"), StringComparison.Ordinal);
    }

    [XenBootFact]
    public void Without_the_device_for_buffers_locked_memory_serves()
    {
        Assert.Contains("/dev/xen/hypercall", boot.Section("probe"), StringComparison.Ordinal);
        Assert.Contains("locked memory of the program", boot.Section("without buffer device: probe"), StringComparison.Ordinal);
        string frames = boot.Section("without buffer device: frames");
        Assert.Contains("translated", frames, StringComparison.Ordinal);
        Assert.EndsWith("exit 0", frames, StringComparison.Ordinal);
    }
}
