namespace TmemCore.Server;

/// <summary>Who may connect, and what they get. Who somebody is comes from the kernel and never from what they say.</summary>
/// <example><code>
/// new TmemAccess { UserId = 1000, Terms = new() { Weight = 300, PersistentAllowanceBytes = 1L &lt;&lt; 30 } }
/// </code></example>
public sealed record TmemAccess
{
    /// <summary>The user that the rule is for; null for any.</summary>
    public uint? UserId { get; init; }

    /// <summary>The primary group that the rule is for; null for any.</summary>
    public uint? GroupId { get; init; }

    /// <summary>False to turn them away.</summary>
    public bool MayConnect { get; init; } = true;

    /// <summary>Whether they may freeze, thaw, destroy, list and set all clients. False by default.</summary>
    public bool MayControl { get; init; }

    /// <summary>Weight, cap, allowance, reservation and compression of each connection. Name and id are chosen by the server.</summary>
    public TmemClientOptions Terms { get; init; } = new();

    /// <summary>The pools that they may share. Empty by default.</summary>
    public IReadOnlyList<PoolUuid> SharedPools { get; init; } = [];

    /// <summary>Connections that one user has at a time at most. 64 by default.</summary>
    public int MaxConnections { get; init; } = 64;

    internal bool IsFor(PeerCredentials peer) =>
        (UserId is null || UserId == peer.UserId) && (GroupId is null || GroupId == peer.GroupId);
}
