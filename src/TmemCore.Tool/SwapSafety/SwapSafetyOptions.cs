namespace TmemCore.Tool.SwapSafety;

/// <summary>What a daemon asks of the system so that others may swap onto it, resolved from settings. Each is independent of the others.</summary>
internal sealed record SwapSafetyOptions
{
    /// <summary>The score that shields the process from the out-of-memory killer entirely.</summary>
    public const int ShieldedScore = -1000;

    /// <summary>The score that makes it the first to be killed.</summary>
    public const int FirstToGoScore = 1000;

    /// <summary>Whether all memory of the process, code included, is kept from being paged out.</summary>
    public bool LockProcess { get; init; }

    /// <summary>Whether the store takes all its memory at the start.</summary>
    public bool Prefault { get; init; }

    /// <summary>The score of the out-of-memory killer, -1000 to 1000; null to leave it.</summary>
    public int? OutOfMemoryScore { get; init; }

    /// <summary>Whether the threads are marked as those that memory is written out through.</summary>
    public bool IoFlusher { get; init; }

    /// <summary>The most that managed memory may take, in bytes; null to leave it.</summary>
    public long? ManagedHeapBytes { get; init; }
}
