using System.Buffers;
using Microsoft.Extensions.Caching.Distributed;

namespace TmemCore.Caching;

/// <summary>
/// A local cache in front of one that several nodes share. The shared one has the truth: reads that miss here fill from it, writes go there
/// first. Values stay here for a limited time, so that what other nodes do is seen after that at the latest; what this node does is seen at once.
/// </summary>
/// <remarks>
/// Each change bumps the version of its key's stripe. A fill or a set that finds another version than it began with would lay something
/// older over something newer, or cannot tell: it leaves nothing here instead.
/// </remarks>
internal sealed partial class FrontCache : IBufferDistributedCache
{
    private const int Stripes = 256;

    private readonly TmemCache _local;
    private readonly IDistributedCache _shared;
    private readonly IBufferDistributedCache? _sharedBuffers;
    private readonly long _localLifetimeTicks;
    private readonly TimeProvider _time;
    private readonly Stripe[] _stripes = new Stripe[Stripes];

    /// <summary>Puts one cache in front of another.</summary>
    /// <param name="local">The local one.</param>
    /// <param name="shared">The shared one.</param>
    /// <param name="options">How long values stay here.</param>
    /// <param name="time">The time that they expire by.</param>
    public FrontCache(TmemCache local, IDistributedCache shared, TmemFrontOptions options, TimeProvider time)
    {
        options.Validate();
        (_local, _shared, _localLifetimeTicks, _time) = (local, shared, options.LocalLifetime.Ticks, time);
        _sharedBuffers = shared as IBufferDistributedCache;
        for (int i = 0; i < _stripes.Length; i++)
        {
            _stripes[i] = new Stripe();
        }
    }

    /// <summary>Keys whose changes are told apart from each other's fills, but not from one another.</summary>
    private sealed class Stripe
    {
        public readonly Lock Lock = new();

        /// <summary>Changed under the lock; read before a fill without.</summary>
        public long Version;
    }

    private Stripe StripeOf(string key) => _stripes[(uint)key.GetHashCode() % Stripes];

    /// <summary>Announces a change that is about to go to the shared cache.</summary>
    private static long Begin(Stripe stripe)
    {
        lock (stripe.Lock)
        {
            return ++stripe.Version;
        }
    }

    /// <summary>Ends a set that the shared cache has taken.</summary>
    private void EndSet(string key, Stripe stripe, long begun, in ReadOnlySequence<byte> value, DistributedCacheEntryOptions options)
    {
        lock (stripe.Lock)
        {
            if (stripe.Version++ == begun)
            {
                Keep(key, value, LocalLifetimeOf(options));
            }
            else
            {
                _local.Remove(key);
            }
        }
    }

    /// <summary>Ends a removal, or a set that has failed: it may have been done over there or not.</summary>
    private void EndWithNothing(string key, Stripe stripe)
    {
        lock (stripe.Lock)
        {
            stripe.Version++;
            _local.Remove(key);
        }
    }

    /// <summary>Keeps what the shared cache had, unless somebody has begun or ended a change since it was asked.</summary>
    private void Fill(string key, Stripe stripe, long asked, in ReadOnlySequence<byte> value)
    {
        lock (stripe.Lock)
        {
            if (stripe.Version == asked)
            {
                Keep(key, value, new Lifetime(_time.GetUtcNow().UtcTicks + _localLifetimeTicks, 0, 0));
            }
        }
    }

    private void Keep(string key, in ReadOnlySequence<byte> value, Lifetime lifetime)
    {
        if (value.Length > TmemCache.MaximumValueBytes)
        {
            _local.Remove(key);
        }
        else
        {
            _local.Set(key, value, lifetime);
        }
    }

    /// <summary>
    /// At most the local lifetime, and no later than the value's own end. A sliding expiration is renewed over there by reads alone: half of it here
    /// leaves time for one.
    /// </summary>
    private Lifetime LocalLifetimeOf(DistributedCacheEntryOptions options)
    {
        long now = _time.GetUtcNow().UtcTicks;
        var own = Lifetime.Of(options, now);
        long end = now + (own.IsSliding ? Math.Min(_localLifetimeTicks, own.SlidingTicks / 2) : _localLifetimeTicks);
        return new Lifetime(own.HasAbsolute ? Math.Min(end, own.AbsoluteTicks) : end, 0, 0);
    }
}
