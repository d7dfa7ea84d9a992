using System.Globalization;

namespace TmemCore;

/// <summary>
/// How a host follows the memory that lies fallow in its machine, see <see cref="TmemHostOptions.Governor"/>. Checked once, when the host is made;
/// all sizes are in bytes.
/// </summary>
/// <example><code>
/// using var host = new TmemHost(new()
/// {
///     CapacityBytes = 8L &lt;&lt; 30,
///     Governor = new() { ReserveBytes = 1L &lt;&lt; 30, FloorBytes = 64L &lt;&lt; 20 },
/// });
/// </code></example>
public sealed record FallowMemoryOptions
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What is to stay available to others in the machine. 0, the default, stands for a twentieth of the machine's memory and at least 256 MiB. In a
    /// control group with a limit it is reckoned from the limit, and is a quarter of that at most.
    /// </summary>
    public long ReserveBytes { get; init; }

    /// <summary>What the host may hold whatever happens to others: at most its capacity; 0 by default. What is never given up may be more.</summary>
    public long FloorBytes { get; init; }

    /// <summary>How fast the target rises when memory has lain fallow for ten readings, in bytes a second: at least 1 MiB; 256 MiB by default.</summary>
    public long GrowBytesPerSecond { get; init; } = 256L << 20;

    /// <summary>The time between two looks at the machine: 10 milliseconds to 10 seconds; 100 milliseconds by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Throws when an option is out of its range.</summary>
    /// <param name="capacityBytes">What the host may hold.</param>
    internal void Validate(long capacityBytes)
    {
        TmemHostOptions.RequireRange(ReserveBytes, 0, long.MaxValue, nameof(ReserveBytes));
        TmemHostOptions.RequireRange(FloorBytes, 0, capacityBytes, nameof(FloorBytes));
        TmemHostOptions.RequireRange(GrowBytesPerSecond, 1L << 20, long.MaxValue, nameof(GrowBytesPerSecond));
        if (Interval < s_shortest || Interval > s_longest)
        {
            throw TmemHostOptions.Invalid(
                nameof(Interval), $"{Interval}", string.Create(CultureInfo.InvariantCulture, $"{s_shortest.TotalMilliseconds} milliseconds to {s_longest.TotalSeconds} seconds"));
        }
    }
}
