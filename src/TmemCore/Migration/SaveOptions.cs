namespace TmemCore.Migration;

/// <summary>How a client is saved.</summary>
public sealed record SaveOptions
{
    /// <summary>
    /// Whether the client is frozen meanwhile, as the original does it: it may replace pages, get and flush them, but adds none. On by default. A
    /// client that adds pages all the time is saved as well, and is slowed down to the speed of the saving.
    /// </summary>
    public bool Freezes { get; init; } = true;
}

