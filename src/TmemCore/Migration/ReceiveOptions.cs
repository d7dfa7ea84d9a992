namespace TmemCore.Migration;

/// <summary>How a client is received from another host.</summary>
public sealed record ReceiveOptions
{
    /// <summary>What the client has here otherwise than where it comes from.</summary>
    public RestoreOptions Client { get; init; } = new();

    /// <summary>How long the source may do nothing before the move fails: 30 seconds by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What measures <see cref="Timeout"/>.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
