using System.Globalization;

namespace TmemCore.Tool.Serving;

/// <summary>How the daemon follows the memory that lies fallow, in the file of settings.</summary>
internal sealed record ServeGovernor
{
    /// <summary>Whether it does at all; it does when nothing is said.</summary>
    public bool? Enabled { get; init; }

    /// <summary>What is to stay available to others.</summary>
    public string? Reserve { get; init; }

    /// <summary>What may be held whatever happens to others.</summary>
    public string? Floor { get; init; }

    /// <summary>How fast the target rises, in a second.</summary>
    public string? GrowPerSecond { get; init; }

    /// <summary>Milliseconds between two looks at the machine.</summary>
    public int? IntervalMs { get; init; }

    /// <summary>The options; null for a host that keeps to its capacity alone.</summary>
    /// <exception cref="FormatException">A setting is none of its kind; it is named.</exception>
    public FallowMemoryOptions? ToOptions()
    {
        if (Enabled == false)
        {
            return null;
        }

        FallowMemoryOptions options = new();
        return options with
        {
            ReserveBytes = Reserve is null ? options.ReserveBytes : ServeSettings.Size(Reserve, "governor.reserve"),
            FloorBytes = Floor is null ? options.FloorBytes : ServeSettings.Size(Floor, "governor.floor"),
            GrowBytesPerSecond = GrowPerSecond is null ? options.GrowBytesPerSecond : ServeSettings.Size(GrowPerSecond, "governor.growPerSecond"),
            Interval = IntervalMs is null ? options.Interval : IntervalOf(IntervalMs.Value),
        };
    }

    private static TimeSpan IntervalOf(int milliseconds) => milliseconds is >= 10 and <= 10_000
        ? TimeSpan.FromMilliseconds(milliseconds)
        : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"governor.intervalMs is {milliseconds}; it may be 10 to 10,000"));
}
