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

    /// <summary>Of a task: its memory was let go while it ran.</summary>
    StillRunning,
}
