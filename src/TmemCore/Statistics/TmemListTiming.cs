namespace TmemCore.Statistics;

/// <summary>How long one kind of work took, in a group of four fields of the timing line (T) of releases before 4.4.</summary>
/// <param name="Work">What took that time.</param>
/// <param name="Samples">How often it was timed.</param>
/// <param name="TotalCycles">Cycles of the processor in all.</param>
/// <param name="MostCycles">The longest.</param>
/// <param name="FewestCycles">The shortest; 2,147,483,647 without samples.</param>
public readonly record struct TmemListTiming(TmemListWork Work, long Samples, long TotalCycles, long MostCycles, long FewestCycles);

/// <summary>What the timing line tells the time of.</summary>
public enum TmemListWork
{
    /// <summary>Gets that found a page (G).</summary>
    Get,

    /// <summary>Puts that stored one (P).</summary>
    Put,

    /// <summary>Gets that found none (g).</summary>
    FailedGet,

    /// <summary>Puts that stored none (p).</summary>
    FailedPut,

    /// <summary>Flushes of a page, and the destruction of pools (F).</summary>
    Flush,

    /// <summary>Flushes of an object (O).</summary>
    ObjectFlush,

    /// <summary>Copies of a page (C).</summary>
    PageCopy,

    /// <summary>Compressions (c).</summary>
    Compression,

    /// <summary>Decompressions (d).</summary>
    Decompression,
}
