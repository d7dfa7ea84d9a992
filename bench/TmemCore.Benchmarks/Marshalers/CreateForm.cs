using System.Runtime.InteropServices;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>The arm of the commands that make a pool, byte for byte, for 64-bit guests since Xen 4.0.2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CreateForm
{
    public uint Command;
    public int PoolId;
    public ulong Low;
    public ulong High;
    public uint Flags;
    public uint Argument1;
    public ulong Rest0;
    public ulong Rest1;
    public ulong Rest2;
}
