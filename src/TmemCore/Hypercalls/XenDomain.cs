namespace TmemCore.Hypercalls;

/// <summary>The domain a program runs in.</summary>
/// <param name="IsControlDomain">Whether it is the first control domain (dom0).</param>
/// <param name="IsTranslated">
/// Whether the hypervisor translates its frame numbers (HVM, PVH), so that they serve in ops as they are. In a
/// paravirtual domain ops need machine frame numbers.
/// </param>
public readonly record struct XenDomain(bool IsControlDomain, bool IsTranslated);
