namespace TmemCore.Caching.Tests;

/// <summary>One id for all keys.</summary>
internal sealed class FixedHash : IKeyHash
{
    public static readonly ObjectId Id = new(11, 22, 33);

    public static ObjectId ChunksOf(int slot) => Id with { Word2 = Id.Word2 + 1 + (ulong)slot };

    public static uint ChunkIndex(int slot) => 64 + ((uint)slot << 16);

    public ObjectId Hash(ReadOnlySpan<byte> key) => Id;
}
