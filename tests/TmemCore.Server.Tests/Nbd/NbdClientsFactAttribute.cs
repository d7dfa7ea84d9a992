using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>
/// A fact that runs clients of NBD that others have written: qemu-img, qemu-io, nbdinfo, nbdcopy, fio. Opt-in, by <c>TMEM_NBD_CLIENTS=1</c>, on a system that
/// has them.
/// </summary>
internal sealed class NbdClientsFactAttribute : FactAttribute
{
    private const string Variable = "TMEM_NBD_CLIENTS";

    public NbdClientsFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
        {
            Skip = $"Set {Variable}=1 to run qemu-img, qemu-io, nbdinfo, nbdcopy and fio, of Debian's packages qemu-utils, libnbd-bin and fio.";
        }
    }
}
