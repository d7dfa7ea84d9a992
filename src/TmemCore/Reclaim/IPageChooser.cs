namespace TmemCore.Reclaim;

/// <summary>
/// Chooses which page of a store goes when room is wanted. It chooses only; whoever has the pages acts, and tells of
/// everything that becomes of them. Pages are slots, numbers from 0 to below the store's size, of which each is in use by one
/// page at a time. A key is what a page is known by beyond its stay, such as the hash of its handle.
/// </summary>
/// <remarks>
/// Callers serialize all calls but <see cref="Use"/>. Everything is allocated when the chooser is made; what that comes to for
/// a page is said by each type.
/// </remarks>
internal interface IPageChooser
{
    /// <summary>
    /// What is remembered of a page that is about to come in; it is forgotten by that. To be asked before room is made for
    /// the page, since a page that goes may push it out of memory.
    /// </summary>
    /// <returns>For <see cref="Add"/>; 0 when nothing is remembered.</returns>
    byte Recall(ulong key);

    /// <summary>A page has come in.</summary>
    /// <param name="slot">Its slot, until it leaves.</param>
    /// <param name="recalled">The answer of <see cref="Recall"/> for its key.</param>
    void Add(int slot, byte recalled);

    /// <summary>A get has not found a page, which may be put therefore, now or much later.</summary>
    void Miss(ulong key);

    /// <summary>A get has found a page and left it in place.</summary>
    void Use(int slot);

    /// <summary>The page that is to go next; it stays until <see cref="Remove"/> tells that it went.</summary>
    /// <returns>Its slot, or -1 when there is none.</returns>
    int Choose();

    /// <summary>A page has left.</summary>
    /// <param name="slot">Its slot, free from now on.</param>
    /// <param name="key">Its key.</param>
    /// <param name="departure">Why.</param>
    void Remove(int slot, ulong key, PageDeparture departure);
}
