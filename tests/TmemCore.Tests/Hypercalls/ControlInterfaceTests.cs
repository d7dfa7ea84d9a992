using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class ControlInterfaceTests
{
    [Theory]
    [InlineData(0, ControlForm.Hypercall)]
    [InlineData(2, ControlForm.Hypercall)]
    [InlineData(5, ControlForm.Hypercall)]
    [InlineData(6, ControlForm.SysctlWithArguments)]
    [InlineData(7, ControlForm.SysctlWithArguments)]
    [InlineData(8, ControlForm.SysctlWithLength)]
    [InlineData(9, ControlForm.SysctlWithLength)]
    [InlineData(10, ControlForm.SysctlWithLength)]
    [InlineData(11, ControlForm.SysctlWithLength)]
    [InlineData(12, ControlForm.SysctlWithLength)]
    public void Every_release_is_found_at_the_first_try_when_its_version_is_known(int minor, ControlForm form)
    {
        using var xen = new FakeXen(new XenVersion(4, minor));
        using XenPort port = xen.Open();
        int before = xen.IoctlCount;
        ControlInterface found = ControlInterface.Detect(port, port.Version);
        Assert.Equal(form, found.Form);
        Assert.Equal(1, xen.IoctlCount - before);
        Assert.Equal(form == ControlForm.Hypercall ? 0 : xen.InterfaceVersion, found.InterfaceVersion);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(12)]
    public void Every_release_is_found_when_its_version_is_not_known(int minor)
    {
        using var xen = new FakeXen(new XenVersion(4, minor));
        using XenPort port = xen.Open();
        ControlInterface found = ControlInterface.Detect(port);
        Assert.Equal(minor < 6, found.Form == ControlForm.Hypercall);
        Assert.Equal(minor < 6 ? 0 : xen.InterfaceVersion, found.InterfaceVersion);
    }

    [Fact]
    public void Known_versions_are_tried_in_turn_each_once()
    {
        using var xen = new FakeXen(new XenVersion(4, 10)) { InterfaceVersion = 0x0C };
        using XenPort port = xen.Open();
        Assert.Equal(0x0Cu, ControlInterface.Detect(port, port.Version).InterfaceVersion);
        Assert.Equal(new uint[] { 0x10, 0x12, 0x11, 0x0F, 0x0E, 0x0D, 0x0C }, xen.VersionsTried);
    }

    [Fact]
    public void A_hypervisor_without_tmem_is_said_to_have_none()
    {
        using var xen = new FakeXen(new XenVersion(4, 17)) { Tmem = XenTmemState.Absent };
        using XenPort port = xen.Open();
        HypercallException refused = Assert.Throws<HypercallException>(() => ControlInterface.Detect(port, port.Version));
        Assert.Equal(-Errno.ENOSYS, refused.Result);
        Assert.Contains("Xen 4.17", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no tmem", refused.Message, StringComparison.Ordinal);
        Assert.Equal(7, xen.VersionsTried.Count);
    }

    [Fact]
    public void A_mismatch_of_all_versions_is_explained_as_one_of_program_and_hypervisor()
    {
        using var xen = new FakeXen(new XenVersion(4, 12)) { InterfaceVersion = 0x13 };
        using XenPort port = xen.Open();
        HypercallException refused = Assert.Throws<HypercallException>(() => ControlInterface.Detect(port, port.Version));
        Assert.Equal(-Errno.EACCES, refused.Result);
        Assert.Contains("another version of the sysctl interface", refused.Message, StringComparison.Ordinal);
        Assert.Contains("0x0C", refused.Message, StringComparison.Ordinal);
        Assert.Contains("0x12", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_rights_are_named()
    {
        using var xen = new FakeXen(new XenVersion(4, 12)) { IsControlDomain = false };
        using XenPort port = xen.Open();
        HypercallException refused = Assert.Throws<HypercallException>(() => ControlInterface.Detect(port, port.Version));
        Assert.Equal(-Errno.EPERM, refused.Result);
        Assert.Contains("root in the control domain", refused.Message, StringComparison.Ordinal);
        Assert.Single(xen.VersionsTried);
    }

    [Theory]
    [InlineData(0x0Bu)]
    [InlineData(0x13u)]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public void Interface_versions_that_never_had_tmem_are_refused(uint interfaceVersion) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ControlInterface.Sysctl(interfaceVersion));
}
