using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>A fact that fills 17 GiB. Opt-in, by <c>TMEM_SCALE=1</c>, on a machine that has as much and something to spare.</summary>
internal sealed class ScaleFactAttribute : FactAttribute
{
    private const string Variable = "TMEM_SCALE";
    private const long NeededBytes = 20L << 30;

    public ScaleFactAttribute()
    {
        if (Environment.GetEnvironmentVariable(Variable) != "1")
        {
            Skip = $"Set {Variable}=1 to fill a host of 17 GiB: it takes half a minute and the memory of the machine.";
        }
        else if (MachineMemory.Limit().Bytes < NeededBytes)
        {
            Skip = $"The machine or its control group has {MachineMemory.Limit().Bytes:N0} bytes; this needs {NeededBytes:N0}.";
        }
    }
}
