namespace TmemCore.Statistics;

/// <summary>The counters of a pool in the long form. What a line does not name is 0.</summary>
public sealed record TmemListPoolCounts
{
    /// <summary>Whether the line has counters of the long form.</summary>
    public bool IsLong { get; init; }

    /// <summary>Pages now (Pc).</summary>
    public long Pages { get; init; }

    /// <summary>Pages at most (Pm).</summary>
    public long PagesMax { get; init; }

    /// <summary>Objects now (Oc).</summary>
    public long Objects { get; init; }

    /// <summary>Objects at most (Om).</summary>
    public long ObjectsMax { get; init; }

    /// <summary>Nodes of the index now (Nc).</summary>
    public long Nodes { get; init; }

    /// <summary>Nodes of the index at most (Nm).</summary>
    public long NodesMax { get; init; }

    /// <summary>Puts that stored the page (ps), replacements too.</summary>
    public long PutsStored { get; init; }

    /// <summary>Puts (pt).</summary>
    public long Puts { get; init; }

    /// <summary>Puts that failed and took an older page with them (pd).</summary>
    public long PutsDropped { get; init; }

    /// <summary>Puts that replaced a page (pr).</summary>
    public long PutsReplaced { get; init; }

    /// <summary>Puts of new pages that were refused (px).</summary>
    public long PutsRefused { get; init; }

    /// <summary>Gets that found a page (gs).</summary>
    public long GetHits { get; init; }

    /// <summary>Gets (gt), those on the empty pool not counted.</summary>
    public long Gets { get; init; }

    /// <summary>Flushes of a page that was there (fs).</summary>
    public long PageFlushesFound { get; init; }

    /// <summary>Flushes of a page (ft).</summary>
    public long PageFlushes { get; init; }

    /// <summary>Flushes of an object that was there (os).</summary>
    public long ObjectFlushesFound { get; init; }

    /// <summary>Flushes of an object (ot).</summary>
    public long ObjectFlushes { get; init; }
}
