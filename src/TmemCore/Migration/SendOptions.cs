namespace TmemCore.Migration;

/// <summary>How a client is sent to another host.</summary>
public sealed record SendOptions
{
    /// <summary>Whether the client is frozen meanwhile: it may replace pages, get and flush them, but adds none. Off by default.</summary>
    public bool Freezes { get; init; }

    /// <summary>How long the target may do nothing before the move fails: 30 seconds by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What measures <see cref="Timeout"/>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
