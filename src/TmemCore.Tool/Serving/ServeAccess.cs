using System.Globalization;
using TmemCore.Server;

namespace TmemCore.Tool.Serving;

/// <summary>One rule of access in the file of settings.</summary>
internal sealed record ServeAccess
{
    /// <summary>The user's number; any when absent.</summary>
    public uint? User { get; init; }

    /// <summary>The primary group's number; any when absent.</summary>
    public uint? Group { get; init; }

    /// <summary>Whether they may connect; they may when nothing is said.</summary>
    public bool? Connect { get; init; }

    /// <summary>Whether they may control all clients.</summary>
    public bool Control { get; init; }

    /// <summary>The weight of each connection.</summary>
    public int? Weight { get; init; }

    /// <summary>What its ephemeral pages may take.</summary>
    public string? Cap { get; init; }

    /// <summary>What its persistent pages may take.</summary>
    public string? Allowance { get; init; }

    /// <summary>What is kept free for its persistent pages.</summary>
    public string? Reservation { get; init; }

    /// <summary>How its pages are made smaller.</summary>
    public string? Compression { get; init; }

    /// <summary>Connections of one user at most.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>The uuids of the pools that they may share.</summary>
    public IReadOnlyList<Guid>? SharedPools { get; init; }

    /// <summary>The rule.</summary>
    public TmemAccess ToRule()
    {
        TmemAccess rule = new();
        return rule with
        {
            UserId = User,
            GroupId = Group,
            MayConnect = Connect ?? true,
            MayControl = Control,
            MaxConnections = MaxConnections is null or > 0 ? MaxConnections ?? rule.MaxConnections : throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"access.maxConnections is {MaxConnections}; it may be 1 or more")),
            SharedPools = [.. (SharedPools ?? []).Select(PoolUuid.FromGuid)],
            Terms = rule.Terms with
            {
                Weight = Weight,
                EphemeralCapBytes = Cap is null ? 0 : ServeSettings.Size(Cap, "access.cap"),
                PersistentAllowanceBytes = Allowance is null ? long.MaxValue : ServeSettings.Size(Allowance, "access.allowance"),
                PersistentReservationBytes = Reservation is null ? 0 : ServeSettings.Size(Reservation, "access.reservation"),
                Compression = Compression is null ? null : ServeSettings.CompressionOf(Compression, "access.compression"),
            },
        };
    }
}
