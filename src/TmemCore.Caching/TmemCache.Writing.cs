using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Distributed;

namespace TmemCore.Caching;

/// <summary>Sets and removals.</summary>
public sealed partial class TmemCache
{
    /// <summary>Stores a value in place of the one that there is. Where there is no room for it, nothing is stored under the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">0 bytes to 64 MiB; copied before the method returns.</param>
    /// <param name="options">When it expires; a time that has passed removes the key.</param>
    /// <exception cref="ArgumentNullException">There is no key, no value or no options.</exception>
    /// <exception cref="ArgumentException">The key is too long, or the value; then nothing is stored under the key.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        Set(key, new ReadOnlySequence<byte>(value), options);
    }

    /// <summary>As <see cref="Set(string, byte[], DistributedCacheEntryOptions)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">0 bytes to 64 MiB; copied before the method returns.</param>
    /// <param name="options">When it expires; a time that has passed removes the key.</param>
    /// <param name="token">Looked at before, not during the call.</param>
    /// <returns>A task that is done.</returns>
    /// <exception cref="ArgumentException">As of <see cref="Set(string, byte[], DistributedCacheEntryOptions)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The interfaces have both, with this default.")]
    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled(token);
        }

        Set(key, value, options);
        return Task.CompletedTask;
    }

    /// <summary>As <see cref="Set(string, byte[], DistributedCacheEntryOptions)"/>, of bytes that are read where they are.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">0 bytes to 64 MiB; copied before the method returns.</param>
    /// <param name="options">When it expires; a time that has passed removes the key.</param>
    /// <exception cref="ArgumentNullException">There is no key or no options.</exception>
    /// <exception cref="ArgumentException">The key is too long, or the value; then nothing is stored under the key.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Set(key, value, Lifetime.Of(options, NowTicks));
    }

    /// <summary>As <see cref="Set(string, ReadOnlySequence{byte}, DistributedCacheEntryOptions)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">0 bytes to 64 MiB; copied before the method returns.</param>
    /// <param name="options">When it expires; a time that has passed removes the key.</param>
    /// <param name="token">Looked at before, not during the call.</param>
    /// <returns>A task that is done.</returns>
    /// <exception cref="ArgumentException">As of <see cref="Set(string, ReadOnlySequence{byte}, DistributedCacheEntryOptions)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    [SuppressMessage("ApiDesign", "RS0026", Justification = "The interfaces have both, with this default.")]
    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(token);
        }

        Set(key, value, options);
        return default;
    }

    /// <summary>Makes sure that there is no value under a key.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentNullException">There is no key.</exception>
    /// <exception cref="ArgumentException">The key is too long.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public void Remove(string key)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var name = new CacheKey(key, stackalloc byte[CacheKey.StackBytes], _hash);
        Remove(name);
    }

    /// <summary>As <see cref="Remove(string)"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="token">Looked at before, not during the call.</param>
    /// <returns>A task that is done.</returns>
    /// <exception cref="ArgumentException">As of <see cref="Remove(string)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public Task RemoveAsync(string key, CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled(token);
        }

        Remove(key);
        return Task.CompletedTask;
    }

    /// <summary>Stores a value until its lifetime is over; one that is over already removes the key.</summary>
    internal void Set(string key, in ReadOnlySequence<byte> value, Lifetime lifetime)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var name = new CacheKey(key, stackalloc byte[CacheKey.StackBytes], _hash);
        long length = value.Length;
        bool isTooLong = length > MaximumValueBytes;
        if (isTooLong || lifetime.IsOver(NowTicks))
        {
            Remove(name);
        }
        else if (_source.Current is ValueStore store)
        {
            Set(store, name, value, lifetime);
        }

        if (isTooLong)
        {
            throw new ArgumentException(
                $"value has {length:N0} bytes; a value may have {MaximumValueBytes:N0}. Nothing is stored under the key.", nameof(value));
        }
    }

    private void Set(ValueStore store, in CacheKey key, in ReadOnlySequence<byte> value, Lifetime lifetime)
    {
        try
        {
            bool isStored = store.Write(key, value, lifetime);
            _metrics.CountSet(isStored, value.Length);
            if (!isStored)
            {
                CacheLog.Refused(_log, value.Length);
                LoseIfGone(store);
            }
        }
        catch (IOException e) when (store.IsRemote)
        {
            _source.Lose(store, e);
        }
    }

    private void Remove(in CacheKey key)
    {
        // What is lost is removed, too: a store that is gone takes its values with it.
        if (_source.Known is ValueStore store)
        {
            try
            {
                store.Remove(key);
                LoseIfGone(store);
            }
            catch (IOException e) when (store.IsRemote)
            {
                _source.Lose(store, e);
            }
        }
    }
}
