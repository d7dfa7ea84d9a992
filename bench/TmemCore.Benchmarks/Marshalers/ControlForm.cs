using System.Runtime.InteropServices;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>The arm of the control command, byte for byte, for 64-bit guests since Xen 4.0.2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlForm
{
    public uint Command;
    public int PoolId;
    public uint Subop;
    public uint ClientId;
    public uint Argument1;
    public uint Argument2;
    public ulong Word0;
    public ulong Word1;
    public ulong Word2;
    public ulong Buffer;
}
