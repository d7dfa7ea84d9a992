using System.Runtime.InteropServices;

namespace TmemCore.Benchmarks.Marshalers;

/// <summary>The arm of the commands on pages, byte for byte, for 64-bit guests since Xen 4.0.2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct GenericForm
{
    public uint Command;
    public int PoolId;
    public ulong Word0;
    public ulong Word1;
    public ulong Word2;
    public uint Index;
    public uint TmemOffset;
    public uint FrameOffset;
    public uint Length;
    public ulong Frame;
}
