using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace TmemCore.Caching.Tests;

/// <summary>A cache over there: another cache that may be down, is counted, and in whose calls something may happen; without one it forgets all.</summary>
internal sealed class SharedCache(IBufferDistributedCache? inner) : IBufferDistributedCache
{
    public bool IsDown { get; set; }

    public int Gets { get; private set; }

    public int Sets { get; private set; }

    public Action? AfterGet { get; set; }

    public Action? AfterSet { get; set; }

    public byte[]? Get(string key) => Count(Up()?.Get(key));

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await Task.Yield();
        return Get(key);
    }

    public bool TryGet(string key, IBufferWriter<byte> destination) => Count(Up()?.TryGet(key, destination) ?? false);

    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        await Task.Yield();
        return TryGet(key, destination);
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Set(key, new ReadOnlySequence<byte>(value), options);

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options)
    {
        Up()?.Set(key, value, options);
        Sets++;
        Action? action = AfterSet;
        AfterSet = null;
        action?.Invoke();
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await Task.Yield();
        Set(key, value, options);
    }

    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await Task.Yield();
        Set(key, value, options);
    }

    public void Refresh(string key) => Up()?.Refresh(key);

    public async Task RefreshAsync(string key, CancellationToken token = default)
    {
        await Task.Yield();
        Refresh(key);
    }

    public void Remove(string key) => Up()?.Remove(key);

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        await Task.Yield();
        Remove(key);
    }

    private IBufferDistributedCache? Up() => IsDown ? throw new TimeoutException("The shared cache does not answer.") : inner;

    private T Count<T>(T found)
    {
        Gets++;
        Action? action = AfterGet;
        AfterGet = null;
        action?.Invoke();
        return found;
    }
}
