using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace TmemCore.Caching;

/// <summary>Sets and removals: there, then here. Where the shared cache fails, the failure is the caller's, and nothing stays here.</summary>
internal sealed partial class FrontCache
{
    public void Set(string key, byte[] value, DistributedCacheEntryOptions options)
    {
        ArgumentNullException.ThrowIfNull(value);
        Stripe stripe = BeginSet(key, options, out long begun);
        try
        {
            _shared.Set(key, value, options);
        }
        catch
        {
            EndWithNothing(key, stripe);
            throw;
        }

        EndSet(key, stripe, begun, new ReadOnlySequence<byte>(value), options);
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        Stripe stripe = BeginSet(key, options, out long begun);
        try
        {
            await _shared.SetAsync(key, value, options, token).ConfigureAwait(false);
        }
        catch
        {
            EndWithNothing(key, stripe);
            throw;
        }

        EndSet(key, stripe, begun, new ReadOnlySequence<byte>(value), options);
    }

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options)
    {
        if (_sharedBuffers is null)
        {
            Set(key, value.ToArray(), options);
            return;
        }

        Stripe stripe = BeginSet(key, options, out long begun);
        try
        {
            _sharedBuffers.Set(key, value, options);
        }
        catch
        {
            EndWithNothing(key, stripe);
            throw;
        }

        EndSet(key, stripe, begun, value, options);
    }

    public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        if (_sharedBuffers is null)
        {
            await SetAsync(key, value.ToArray(), options, token).ConfigureAwait(false);
            return;
        }

        Stripe stripe = BeginSet(key, options, out long begun);
        try
        {
            await _sharedBuffers.SetAsync(key, value, options, token).ConfigureAwait(false);
        }
        catch
        {
            EndWithNothing(key, stripe);
            throw;
        }

        EndSet(key, stripe, begun, value, options);
    }

    public void Remove(string key)
    {
        Stripe stripe = BeginRemoval(key);
        try
        {
            _shared.Remove(key);
        }
        finally
        {
            EndWithNothing(key, stripe);
        }
    }

    public async Task RemoveAsync(string key, CancellationToken token = default)
    {
        Stripe stripe = BeginRemoval(key);
        try
        {
            await _shared.RemoveAsync(key, token).ConfigureAwait(false);
        }
        finally
        {
            EndWithNothing(key, stripe);
        }
    }

    private Stripe BeginSet(string key, DistributedCacheEntryOptions options, out long begun)
    {
        ArgumentNullException.ThrowIfNull(options);
        _local.RequireKey(key);
        Stripe stripe = StripeOf(key);
        begun = Begin(stripe);
        return stripe;
    }

    private Stripe BeginRemoval(string key)
    {
        _local.RequireKey(key);
        Stripe stripe = StripeOf(key);
        Begin(stripe);
        return stripe;
    }
}
