namespace TmemCore.Tests;

/// <summary>Hosts that tests are made of: small, and the same in each run.</summary>
internal static class Hosts
{
    public const long Mebibyte = 1L << 20;

    public static readonly PoolUuid Uuid = new(0x1234, 0x5678);

    /// <summary>4 MiB in one shard, sharing without grants.</summary>
    public static TmemHostOptions Small { get; } = new()
    {
        CapacityBytes = 4 * Mebibyte,
        Shards = 1,
        HashSeed = 1,
        RequireSharedAuthorization = false,
    };

    /// <summary>The original's rules with so many frames for data beside the reserve.</summary>
    public static TmemHostOptions Xen(int frames, int shards = 1) => Small with
    {
        Profile = TmemProfile.Xen,
        DataFrameLimit = frames + 255,
        Shards = shards,
    };

    /// <summary>How much longer than in the quick tier the random tests run.</summary>
    public static int Stress { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("TMEM_STRESS"), out int factor) ? Math.Max(factor, 1) : 1;

    public static SharedEphemeralPool Join(this TmemClient client, PoolUuid uuid) =>
        client.TryJoinSharedPool(uuid, out SharedEphemeralPool? pool) is JoinResult.Created or JoinResult.Joined
            ? pool!
            : throw new InvalidOperationException($"Client {client.Name} could not join {uuid}.");

    /// <summary>Puts ephemeral pages until the first of them has been evicted.</summary>
    public static void FillUp(DroppablePool pool, ulong firstObject = 1_000_000)
    {
        var page = new byte[TmemPool.PageBytes];
        long evictions = pool.Client.Host.GetStatistics().Evictions;
        for (ulong i = 0; pool.Client.Host.GetStatistics().Evictions == evictions; i++)
        {
            pool.TryPut(firstObject + (i / 64), (uint)(i % 64), page);
        }
    }
}
