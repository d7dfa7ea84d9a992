using System.Globalization;

namespace TmemCore;

/// <summary>What a client may have. All sizes are in bytes and cover pages, descriptors and index.</summary>
public sealed record TmemClientOptions
{
    /// <summary>A name for people; the id by default.</summary>
    public string? Name { get; init; }

    /// <summary>The client's id, 0 to 65,534, unique in the host. Null, the default, takes the lowest one free.</summary>
    public int? Id { get; init; }

    /// <summary>
    /// The most that its persistent pools may take: puts beyond it are refused. A cap and not a promise; no cap by default.
    /// </summary>
    public long PersistentAllowanceBytes { get; init; } = long.MaxValue;

    /// <summary>
    /// What is kept free for its persistent pools: other clients' pages never take it. 0 by default; at most
    /// <see cref="PersistentAllowanceBytes"/>.
    /// </summary>
    public long PersistentReservationBytes { get; init; }

    /// <summary>
    /// How its pages are made smaller. Null, the default, follows the host: <see cref="TmemHostOptions.CompressByDefault"/> and
    /// <see cref="TmemHostOptions.Compression"/>.
    /// </summary>
    public PageCompression? Compression { get; init; }

    /// <summary>The weight that clients have unless they are given another: 100; 0 in the profile <see cref="TmemProfile.Xen"/>.</summary>
    public const int DefaultWeight = 100;

    /// <summary>
    /// Its part, against those of the other clients, of what ephemeral pages may take: when memory is short, the client pays that takes most for
    /// its weight. What some leave unused is there for all. A client of weight 0 has no part: its pages go before those of others. Null, the default, stands
    /// for <see cref="DefaultWeight"/>.
    /// </summary>
    /// <example><code>
    /// TmemClient search = host.CreateClient(new() { Name = "search", Weight = 300 });
    /// TmemClient reports = host.CreateClient(new() { Name = "reports", Weight = 100 });
    /// </code></example>
    public int? Weight { get; init; }

    /// <summary>
    /// The most that its ephemeral pages may take, descriptors and index included: a put beyond it gives up the client's own oldest pages, never
    /// others'. 0, the default, for no limit. Persistent pages have <see cref="PersistentAllowanceBytes"/>, beyond which puts are refused.
    /// </summary>
    public long EphemeralCapBytes { get; init; }

    internal void Validate()
    {
        Require(Weight is null or >= 0, nameof(Weight), Weight ?? 0, "0 or more");
        Require(EphemeralCapBytes >= 0, nameof(EphemeralCapBytes), EphemeralCapBytes, "0 or more");
        TmemHostOptions.RequireCompression(Compression);
        if (Id is int id && id is < 0 or >= TmemHostOptions.MaximumClients)
        {
            throw new ArgumentOutOfRangeException(
                nameof(Id), id, $"{nameof(Id)} is {id}; it may be 0 to {TmemHostOptions.MaximumClients - 1}.");
        }

        Require(PersistentAllowanceBytes >= 0, nameof(PersistentAllowanceBytes), PersistentAllowanceBytes, "0 or more");
        Require(
            PersistentReservationBytes >= 0 && PersistentReservationBytes <= PersistentAllowanceBytes,
            nameof(PersistentReservationBytes),
            PersistentReservationBytes,
            string.Create(CultureInfo.InvariantCulture, $"0 to {nameof(PersistentAllowanceBytes)}, {PersistentAllowanceBytes:N0}"));
    }

    private static void Require(bool holds, string name, long value, string right)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(
                name, value, string.Create(CultureInfo.InvariantCulture, $"{name} is {value:N0}; it may be {right}."));
        }
    }
}
