namespace TmemCore.Caching.Tests;

/// <summary>A client whose retaining pools are replaced by others around them.</summary>
internal sealed class WrappedClient(ITmemClient client, Func<IRetainingPool, IRetainingPool> wrap) : ITmemClient
{
    public int Id => client.Id;

    public IEphemeralPool CreateEphemeralPool() => client.CreateEphemeralPool();

    public IRetainingPool CreateRetainingPool() => wrap(client.CreateRetainingPool());

    public IPersistentPool CreatePersistentPool() => client.CreatePersistentPool();

    public JoinResult TryJoinSharedPool(PoolUuid uuid, out ISharedEphemeralPool? pool) => client.TryJoinSharedPool(uuid, out pool);

    public void Dispose() => client.Dispose();
}
