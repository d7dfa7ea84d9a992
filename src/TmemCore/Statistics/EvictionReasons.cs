namespace TmemCore.Statistics;

/// <summary>Pages evicted, by what they were given up for. Each is counted once; the sum is <see cref="HostStatistics.Evictions"/>.</summary>
/// <example><code>
/// EvictionReasons reasons = host.GetStatistics().EvictionReasons;
/// Console.WriteLine($"{reasons.Cap} of {reasons.Total} evictions were for caps");
/// </code></example>
public sealed record EvictionReasons
{
    /// <summary>A put was short of a frame or a slot, and the page was the oldest of all clients'.</summary>
    public long Memory { get; init; }

    /// <summary>A put was short of a frame or a slot, and the page was the oldest of the client that takes most for its weight.</summary>
    public long Weight { get; init; }

    /// <summary>Memory was short for records: of a page, its object or its pool in a put, or of a new pool or client.</summary>
    public long Metadata { get; init; }

    /// <summary>In the profile <see cref="TmemProfile.Xen"/>, 256 frames were to be free before a put.</summary>
    public long Reserve { get; init; }

    /// <summary>The client was at its cap, <see cref="TmemClientOptions.EphemeralCapBytes"/>.</summary>
    public long Cap { get; init; }

    /// <summary><see cref="TmemHost.SetCapacity"/> lowered the limit.</summary>
    public long Capacity { get; init; }

    /// <summary><see cref="Control.TmemControl.GiveBack"/> gave memory back.</summary>
    public long GiveBack { get; init; }

    /// <summary>The governor's target was below what was held, see <see cref="TmemHostOptions.Governor"/>.</summary>
    public long Governor { get; init; }

    /// <summary>The sum of all.</summary>
    public long Total => Memory + Weight + Metadata + Reserve + Cap + Capacity + GiveBack + Governor;
}
