using System.Diagnostics.CodeAnalysis;

namespace TmemCore.Hypercalls;

/// <summary>The hypercalls tmem is reached by. The values are the hypervisor's own numbers.</summary>
[SuppressMessage("Design", "CA1008", Justification = "Hypercall 0 has nothing to do with tmem.")]
public enum HypercallNumber
{
    /// <summary>
    /// The control domain's call since Xen 4.6: its argument is the 136-byte envelope, with the control operation inside.
    /// </summary>
    Sysctl = 35,

    /// <summary>
    /// The guest's call: its argument is one <c>tmem_op</c>. 56 bytes (64-bit guests) or 52 bytes (32-bit guests) in ABI
    /// version 1; 40 or 36 bytes in the version of 2009.
    /// </summary>
    TmemOp = 38,
}
