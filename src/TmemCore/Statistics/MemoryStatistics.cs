using System.Globalization;

namespace TmemCore.Statistics;

/// <summary>What a host holds, how far it may go just now, and why no further. Sizes are in bytes.</summary>
/// <example><code>
/// MemoryStatistics memory = host.GetStatistics().Memory;
/// Console.WriteLine($"{memory.CommittedBytes >> 20} of {memory.TargetBytes >> 20} MiB: {memory.Why}");
/// </code></example>
public sealed record MemoryStatistics
{
    private const int MebibyteShift = 20;

    /// <summary>The most that the target may be.</summary>
    public long CapacityBytes { get; init; }

    /// <summary>The most that the host may hold now; what it holds beyond is on its way out. The capacity where there is no governor.</summary>
    public long TargetBytes { get; init; }

    /// <summary>What it holds, data and metadata, in use and free.</summary>
    public long CommittedBytes { get; init; }

    /// <summary>What is never given up: persistent pages, what is reserved for such, tables that are never shortened; and 1 MiB for records.</summary>
    public long FloorBytes { get; init; }

    /// <summary>Why the target is what it is.</summary>
    public TargetReason Reason { get; init; }

    /// <summary>Where least is to spare: <c>the machine</c>, or <c>the control group</c> and its path; empty when nothing was read.</summary>
    public string Source { get; init; } = "";

    /// <summary>What was available there at the last reading, caches that can be dropped included; negative in a group beyond its limit.</summary>
    public long AvailableBytes { get; init; }

    /// <summary>What is to stay available there.</summary>
    public long ReserveBytes { get; init; }

    /// <summary>The part of the time between the last two readings in which some task there waited for memory, 0 to 1; 0 when the system does not tell.</summary>
    public double SomeStall { get; init; }

    /// <summary>The part in which no task there got on for want of memory.</summary>
    public double FullStall { get; init; }

    /// <summary>Looks at the machine so far.</summary>
    public long Readings { get; init; }

    /// <summary>Readings that raised the target.</summary>
    public long Growths { get; init; }

    /// <summary>Readings that had memory given back.</summary>
    public long Shrinks { get; init; }

    /// <summary>What these gave back to the system so far.</summary>
    public long ReturnedBytes { get; init; }

    /// <summary>The reason as a sentence without its full stop, with the numbers that it is made of.</summary>
    public string Why => Reason switch
    {
        TargetReason.NoGovernor => "nothing moves the limit",
        TargetReason.NoReading => "the system does not tell how much memory is available",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"{Source} has {AvailableBytes >> MebibyteShift:N0} MiB available, {ReserveBytes >> MebibyteShift:N0} MiB are to stay free{Stalls}: {Consequence}"),
    };

    private string Stalls => SomeStall == 0 && FullStall == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", tasks wait for memory {SomeStall * 100:F0} % of the time and none gets on {FullStall * 100:F0} %");

    private string Consequence => Reason switch
    {
        TargetReason.Capacity => "all of the capacity may be taken",
        TargetReason.Calming => "more lies fallow, and may be taken if that lasts",
        TargetReason.Growing => "more lies fallow, and the target rises",
        TargetReason.Short => "memory is given back",
        TargetReason.Pressure => "nothing more is taken, and memory is given back where little is left",
        TargetReason.Floor => "what is held is never given up",
        TargetReason.KeptByBacking => "memory of this backing goes back only when the host is disposed",
        _ => "that is what lies fallow",
    };
}
