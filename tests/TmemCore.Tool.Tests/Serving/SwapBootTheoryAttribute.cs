using Xunit;

namespace TmemCore.Tool.Tests.Serving;

/// <summary>
/// A theory that boots machines which swap to a daemon: a minute or two each, and 28 MB of packages the first time. Opt-in, by <c>TMEM_SWAP_BOOT=1</c>,
/// on Debian or a relative of it.
/// </summary>
internal sealed class SwapBootTheoryAttribute : TheoryAttribute
{
    private const string Variable = "TMEM_SWAP_BOOT";

    public SwapBootTheoryAttribute()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
        {
            Skip = $"Set {Variable}=1 to boot machines that swap to a daemon, in QEMU: it takes minutes, and fetches 28 MB of packages the first time.";
        }
        else if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/apt-get"))
        {
            Skip = "The machines' kernel comes from Debian's packages, and there is no apt-get here.";
        }
    }
}
