namespace TmemCore.CacheBench;

/// <summary>What a cache costs a service: what this process takes, and the server, if the cache has one.</summary>
/// <param name="OwnBytes">Resident bytes of this process.</param>
/// <param name="ServerBytes">Resident bytes of the server.</param>
internal readonly record struct TakenMemory(long OwnBytes, long ServerBytes)
{
    public long Bytes => OwnBytes + ServerBytes;

    public static TakenMemory Of(ICachePeer peer) => new(
        ProcessMemory.ResidentBytes(Environment.ProcessId),
        peer.ProcessId == Environment.ProcessId ? 0 : ProcessMemory.ResidentBytes(peer.ProcessId));

    public static TakenMemory operator -(TakenMemory left, TakenMemory right) =>
        new(left.OwnBytes - right.OwnBytes, left.ServerBytes - right.ServerBytes);
}
