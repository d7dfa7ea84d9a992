namespace TmemCore;

/// <summary>What names a page within a pool, for calls on many pages at once.</summary>
/// <param name="Object">The object.</param>
/// <param name="Index">The page's index in the object.</param>
public readonly record struct PageHandle(ObjectId Object, uint Index);
