namespace TmemCore.Statistics;

/// <summary>Why a host may hold what it may, see <see cref="MemoryStatistics"/>.</summary>
public enum TargetReason
{
    /// <summary>There is no governor: the capacity is the limit.</summary>
    NoGovernor,

    /// <summary>The system does not tell how much memory is available: the target stays.</summary>
    NoReading,

    /// <summary>Enough lies fallow for all of the capacity.</summary>
    Capacity,

    /// <summary>The target is what lies fallow, within a band in which nothing is moved.</summary>
    Fallow,

    /// <summary>More lies fallow; the target is raised when that lasts.</summary>
    Calming,

    /// <summary>More has lain fallow for a while: the target rises.</summary>
    Growing,

    /// <summary>Less is available than is to stay free: memory is given back.</summary>
    Short,

    /// <summary>Tasks wait for memory: more than what is missing is given back where little is left, and nothing is taken anywhere.</summary>
    Pressure,

    /// <summary>Less is available than is to stay free, and what the host holds is never given up.</summary>
    Floor,

    /// <summary>Less is available than is to stay free, and the memory of <see cref="BackingMemory.Portable"/> goes back only when the host is disposed.</summary>
    KeptByBacking,
}
