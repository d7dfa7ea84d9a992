namespace TmemCore.Tool.Top;

/// <summary>A client between two looks at the store.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">Frozen, packs, or nothing.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Pages">Its pages now.</param>
/// <param name="PersistentPages">Those of them that stay.</param>
/// <param name="BytesPerPage">What one of its pages takes on average.</param>
/// <param name="PutsPerSecond">Puts since the last look; not a number at the first.</param>
/// <param name="GetsPerSecond">Gets likewise.</param>
/// <param name="HitRatio">The share of those gets that found a page; not a number where there were none.</param>
/// <param name="History">The shares of the last looks, the latest last.</param>
internal sealed record TopClient(
    int Id,
    string State,
    long Weight,
    long Pages,
    long PersistentPages,
    double BytesPerPage,
    double PutsPerSecond,
    double GetsPerSecond,
    double HitRatio,
    IReadOnlyList<double> History);
