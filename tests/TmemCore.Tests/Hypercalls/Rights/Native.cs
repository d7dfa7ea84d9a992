using System.Runtime.InteropServices;
using Xunit;

namespace TmemCore.Tests.Hypercalls.Rights;

/// <summary>The kernel's calls about what a thread may do.</summary>
internal static class Native
{
    private const int Version3 = 0x20080522;
    private const int CapabilityLock = 14;

    /// <summary>Takes the right to lock memory without limit from the calling thread, and from no other.</summary>
    public static void DropRightToLock()
    {
        int[] header = [Version3, 0];
        int[] sets = new int[6];
        Assert.Equal(0, CapGet(header, sets));
        sets[0] &= ~(1 << CapabilityLock);
        Assert.Equal(0, CapSet(header, sets));
    }

    [DllImport("libc", EntryPoint = "capget")]
    private static extern int CapGet([In] int[] header, [In, Out] int[] sets);

    [DllImport("libc", EntryPoint = "capset")]
    private static extern int CapSet([In] int[] header, [In] int[] sets);
}
