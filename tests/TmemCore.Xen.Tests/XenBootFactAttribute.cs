using Xunit;

namespace TmemCore.Xen.Tests;

/// <summary>
/// A fact that boots a hypervisor in an emulated machine: half a minute, and 75 MB of packages the first time. Opt-in, by
/// <c>TMEM_XEN_BOOT=1</c>, on Debian or a relative of it.
/// </summary>
internal sealed class XenBootFactAttribute : FactAttribute
{
    private const string Variable = "TMEM_XEN_BOOT";

    public XenBootFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
        {
            Skip = $"Set {Variable}=1 to boot Xen in QEMU: it takes half a minute, and fetches 75 MB of packages the first time.";
        }
        else if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/apt-get"))
        {
            Skip = "Xen and its control domain's kernel come from Debian's packages, and there is no apt-get here.";
        }
    }
}
