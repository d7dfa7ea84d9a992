namespace TmemCore.Reclaim;

/// <summary>Why a page leaves.</summary>
internal enum PageDeparture
{
    /// <summary>It made room for another.</summary>
    Evicted,

    /// <summary>A get took it out; it may come back.</summary>
    Taken,

    /// <summary>It was flushed, or went with its pool: nothing is to be remembered.</summary>
    Flushed,
}
