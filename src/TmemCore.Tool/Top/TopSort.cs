namespace TmemCore.Tool.Top;

/// <summary>What clients are sorted by; all but the number from the most down.</summary>
internal enum TopSort
{
    /// <summary>Pages.</summary>
    Pages,

    /// <summary>Puts and gets.</summary>
    Activity,

    /// <summary>The share of gets that found a page.</summary>
    Hits,

    /// <summary>The client's number.</summary>
    Id,
}
