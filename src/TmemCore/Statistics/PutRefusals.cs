namespace TmemCore.Statistics;

/// <summary>
/// Puts that stored nothing, by reason: the put of a new page was refused, or an older page went since it could not be replaced. Each put is
/// counted once, for what was short last.
/// </summary>
/// <example><code>
/// PutRefusals refusals = host.GetStatistics().Refusals;
/// if (refusals.Memory > 0) Console.WriteLine($"{refusals.Memory} of {refusals.Total} for want of memory");
/// </code></example>
public sealed record PutRefusals
{
    /// <summary>There was no frame or no slot for the page, and no ephemeral page that could have made room.</summary>
    public long Memory { get; init; }

    /// <summary>There was no memory for the records of the page, its object or its pool.</summary>
    public long Metadata { get; init; }

    /// <summary>
    /// In the profile <see cref="TmemProfile.Xen"/>, 256 frames could not be kept free. As in the original such a put is not among the pool's
    /// <see cref="PoolStatistics.Puts"/>.
    /// </summary>
    public long Reserve { get; init; }

    /// <summary>The client's <see cref="TmemClientOptions.PersistentAllowanceBytes"/>.</summary>
    public long Allowance { get; init; }

    /// <summary>What is kept free for other clients, <see cref="TmemClientOptions.PersistentReservationBytes"/>.</summary>
    public long Reservations { get; init; }

    /// <summary>The client's <see cref="TmemClientOptions.EphemeralCapBytes"/>, where its own pages could not make room.</summary>
    public long Cap { get; init; }

    /// <summary>The client is frozen.</summary>
    public long Frozen { get; init; }

    /// <summary>The source could not give the page.</summary>
    public long Unreadable { get; init; }

    /// <summary>The client is being saved while it runs: its pages are not replaced then, the older one goes.</summary>
    public long Migration { get; init; }

    /// <summary>
    /// The pool is gone, or nobody knows whether its client runs here or where it was moved to. Counted for the host only.
    /// </summary>
    public long Unavailable { get; init; }

    /// <summary>The sum of all.</summary>
    public long Total => Memory + Metadata + Reserve + Allowance + Reservations + Cap + Frozen + Unreadable + Migration + Unavailable;
}
