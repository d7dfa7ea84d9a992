namespace TmemCore.Caching;

/// <summary>Where a head lies, or may lie, in the pool.</summary>
/// <param name="Object">The object.</param>
/// <param name="Index">The index in it.</param>
internal readonly record struct HeadPlace(ObjectId Object, uint Index);
