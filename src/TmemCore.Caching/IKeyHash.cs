namespace TmemCore.Caching;

/// <summary>Makes object ids of keys.</summary>
internal interface IKeyHash
{
    /// <summary>The id of a key. Keys with the same id may push each other out, and never give each other's values.</summary>
    /// <param name="key">The key's bytes.</param>
    ObjectId Hash(ReadOnlySpan<byte> key);
}
