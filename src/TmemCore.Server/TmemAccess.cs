namespace TmemCore.Server;

/// <summary>Who may connect, and what they get. Who somebody is comes from the kernel and never from what they say.</summary>
/// <example><code>
/// new TmemAccess { UserId = 1000, Terms = new() { Weight = 300, PersistentAllowanceBytes = 1L &lt;&lt; 30 } }
/// </code></example>
public sealed record TmemAccess
{
    /// <summary>The grants that a client may have.</summary>
    private const int MostSharedPools = 16;

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

    /// <summary>The pools that they may share, 16 at most. Empty by default.</summary>
    public IReadOnlyList<PoolUuid> SharedPools { get; init; } = [];

    /// <summary>Connections that one user has at a time at most, 1 or more. 64 by default.</summary>
    public int MaxConnections { get; init; } = 64;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Terms);
        ArgumentNullException.ThrowIfNull(SharedPools);
        Terms.Validate();
        if (MaxConnections < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxConnections), MaxConnections, $"{nameof(MaxConnections)} of a rule is {MaxConnections}; it may be 1 or more.");
        }

        if (SharedPools.Count > MostSharedPools || SharedPools.Contains(PoolUuid.Private))
        {
            throw new ArgumentException(
                $"{nameof(SharedPools)} of a rule has {SharedPools.Count} pools; it may have {MostSharedPools} at most, and none whose uuid is all ones.", nameof(SharedPools));
        }
    }

    internal bool IsFor(PeerCredentials peer) =>
        (UserId is null || UserId == peer.UserId) && (GroupId is null || GroupId == peer.GroupId);
}
