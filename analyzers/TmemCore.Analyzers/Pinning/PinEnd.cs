namespace TmemCore.Analyzers.Pinning;

/// <summary>Why memory is no longer kept in place.</summary>
internal enum PinEnd
{
    None,
    FixedLeft,
    HandleFreed,
    LeaseDisposed,
    MemoryFreed,
    PoolReturned,
    MethodSuspended,
}
