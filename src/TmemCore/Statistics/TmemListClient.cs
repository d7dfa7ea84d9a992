namespace TmemCore.Statistics;

/// <summary>The line of a client (C). What a line does not name is 0.</summary>
public sealed record TmemListClient
{
    /// <summary>Whether the line has counters of the long form.</summary>
    public bool IsLong { get; init; }

    /// <summary>The client's id (CI).</summary>
    public int Id { get; init; }

    /// <summary>Its weight (ww), which the text gives with a sign.</summary>
    public uint Weight { get; init; }

    /// <summary>Its cap (ca), in MiB here; the original until 4.7 notes it and does nothing with it, later ones do not tell it.</summary>
    public long Cap { get; init; }

    /// <summary>Whether its new pages are compressed (co).</summary>
    public bool Compresses { get; init; }

    /// <summary>Whether it is frozen (fr).</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Cycles of the processor spent for it (Tc); 0 from release 4.4 on.</summary>
    public long Cycles { get; init; }

    /// <summary>Gets that found a page in an ephemeral pool (Ge).</summary>
    public long EphemeralHits { get; init; }

    /// <summary>Puts that stored a page in a persistent pool (Pp).</summary>
    public long PersistentPuts { get; init; }

    /// <summary>Gets that found a page in a persistent pool (Gp).</summary>
    public long PersistentHits { get; init; }

    /// <summary>Ephemeral pages now (Ec).</summary>
    public long EphemeralPages { get; init; }

    /// <summary>Ephemeral pages at most (Em).</summary>
    public long EphemeralPagesMax { get; init; }

    /// <summary>Pages kept compressed now (cp).</summary>
    public long PackedPages { get; init; }

    /// <summary>Their bytes (cb).</summary>
    public long PackedBytes { get; init; }

    /// <summary>New pages kept whole since they compressed poorly (cn).</summary>
    public long PutsIncompressible { get; init; }

    /// <summary>New compressed pages for which there was no memory (cm).</summary>
    public long PackedPutsRefused { get; init; }
}
