using System.Diagnostics.CodeAnalysis;
using TmemCore.Statistics;
using TmemCore.Store;

namespace TmemCore;

/// <summary>
/// Somebody who keeps pages in a host: a guest, a process, a tenant. Up to 16 pools belong to it. Thread-safe; disposing it
/// is its death: its pools go, shared ones live on with those who stay.
/// </summary>
public sealed class TmemClient : ITmemClient
{
    internal TmemClient(TmemHost host, ClientSlots slots, string name)
    {
        Host = host;
        Slots = slots;
        Name = name;
    }

    /// <summary>The host.</summary>
    public TmemHost Host { get; }

    /// <summary>The id, unique among the host's living clients.</summary>
    public int Id => Slots.Id;

    /// <summary>The name for people.</summary>
    public string Name { get; }

    /// <summary>How its new pages are made smaller, where their pool says nothing else.</summary>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public PageCompression Compression
    {
        get
        {
            lock (Host.Store.Control)
            {
                Host.Store.RequireLive();
                ObjectDisposedException.ThrowIf(Slots.IsGone, this);
                return Host.Store.CompressionOf(Slots.Number);
            }
        }
    }

    internal ClientSlots Slots { get; }

    /// <summary>Makes a private ephemeral pool, from which a get takes the page out.</summary>
    /// <returns>The pool; disposing it destroys its pages.</returns>
    /// <exception cref="InvalidOperationException">The client has as many pools as it may.</exception>
    /// <exception cref="InsufficientMemoryException">No memory for the pool's records.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public EphemeralPool CreateEphemeralPool() => new(this, Create(PoolKind.Ephemeral));

    /// <summary>Makes a private ephemeral pool that keeps the page on a get.</summary>
    /// <returns>The pool; disposing it destroys its pages.</returns>
    /// <exception cref="InvalidOperationException">The client has as many pools as it may.</exception>
    /// <exception cref="InsufficientMemoryException">No memory for the pool's records.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public RetainingPool CreateRetainingPool() => new(this, Create(PoolKind.Retaining));

    /// <summary>Makes a persistent pool, whose pages stay until they are flushed.</summary>
    /// <returns>The pool; disposing it destroys its pages.</returns>
    /// <exception cref="InvalidOperationException">The client has as many pools as it may.</exception>
    /// <exception cref="InsufficientMemoryException">No memory for the pool's records.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public PersistentPool CreatePersistentPool() => new(this, Create(PoolKind.Persistent));

    /// <summary>Joins the shared ephemeral pool of that uuid, or makes it. Never silently gives a private one.</summary>
    /// <param name="uuid">The pool's name; not <see cref="PoolUuid.Private"/>.</param>
    /// <param name="pool">The pool, when the answer is <see cref="JoinResult.Created"/> or <see cref="JoinResult.Joined"/>.</param>
    /// <returns>Whether it joined; a refusal changes nothing.</returns>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public JoinResult TryJoinSharedPool(PoolUuid uuid, out SharedEphemeralPool? pool)
    {
        pool = null;
        if (uuid == PoolUuid.Private)
        {
            return JoinResult.InvalidUuid;
        }

        using (Host.Store.EnterUnpaused(Slots))
        {
            Host.Store.RequireLive();
            ObjectDisposedException.ThrowIf(Slots.IsGone, this);
            if (!Host.Store.IsAuthorized(Slots, uuid))
            {
                return JoinResult.NotAuthorized;
            }

            JoinResult result = Host.Store.AddPool(Slots, PoolKind.Shared, uuid, slot: -1, out PoolHandle handle);
            if (result == JoinResult.Joined && Host.Store.Pool(handle.Pool).IsPersistent)
            {
                Host.Store.LeavePool(handle);
                return JoinResult.PersistentPool;
            }

            if (result is JoinResult.Created or JoinResult.Joined)
            {
                pool = new SharedEphemeralPool(this, handle);
            }

            return result;
        }
    }

    /// <summary>Finds a pool of the client by its id: one that a restored client has, for example.</summary>
    /// <param name="id">The pool id, 0 to 15.</param>
    /// <param name="pool">
    /// The pool, or null: a <see cref="PersistentPool"/>, <see cref="EphemeralPool"/>, <see cref="RetainingPool"/> or <see cref="SharedEphemeralPool"/>. Each
    /// call makes another object of the same pool; disposing any of them destroys it.
    /// </param>
    /// <returns>Whether there is one; a pool that is persistent and shared, which only the tmem ABI makes, is not found.</returns>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <example><code>
    /// TmemClient client = await SaveStream.RestoreAsync(host, reader);
    /// if (client.TryGetPool(0, out TmemPool? pool) &amp;&amp; pool is PersistentPool swap)
    /// {
    ///     swap.Get(7, 0, buffer);
    /// }
    /// </code></example>
    public bool TryGetPool(int id, [NotNullWhen(true)] out TmemPool? pool)
    {
        lock (Host.Store.Control)
        {
            Host.Store.RequireLive();
            ObjectDisposedException.ThrowIf(Slots.IsGone, this);
            ulong token = (uint)id < ClientRecord.PoolSlots ? Slots.TokenOf(id) : 0;
            var handle = new PoolHandle(Slots, id, token);
            pool = token == 0 ? null : Host.Store.Pool(handle.Pool).Kind switch
            {
                PoolKind.Ephemeral => new EphemeralPool(this, handle),
                PoolKind.Persistent => new PersistentPool(this, handle),
                PoolKind.Retaining => new RetainingPool(this, handle),
                PoolKind.Shared => new SharedEphemeralPool(this, handle),
                _ => null,
            };
            return pool is not null;
        }
    }

    /// <summary>Changes <see cref="Compression"/> for later puts; what is stored stays as it is, and readable.</summary>
    /// <param name="compression">How pages are made smaller from now on; null to follow the host.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a value of its enumeration.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <example><code>client.SetCompression(PageCompression.Lz4);</code></example>
    public void SetCompression(PageCompression? compression)
    {
        TmemHostOptions.RequireCompression(compression);
        lock (Host.Store.Control)
        {
            Host.Store.RequireLive();
            ObjectDisposedException.ThrowIf(Slots.IsGone, this);
            Host.Store.SetCompression(Slots.Number, compression);
        }
    }

    /// <summary>The client's settings and totals.</summary>
    /// <returns>A snapshot.</returns>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public ClientStatistics GetStatistics()
    {
        lock (Host.Store.Control)
        {
            Host.Store.RequireLive();
            ObjectDisposedException.ThrowIf(Slots.IsGone, this);
            return Host.Store.ClientStatistics(Slots.Number);
        }
    }

    /// <summary>The client's death: its pools are destroyed or left, its memory is freed. Waits for calls in flight.</summary>
    public void Dispose()
    {
        Host.Store.RemoveClient(Slots, () => Host.Forget(this));
    }

    /// <inheritdoc/>
    IEphemeralPool ITmemClient.CreateEphemeralPool() => CreateEphemeralPool();

    /// <inheritdoc/>
    IRetainingPool ITmemClient.CreateRetainingPool() => CreateRetainingPool();

    /// <inheritdoc/>
    IPersistentPool ITmemClient.CreatePersistentPool() => CreatePersistentPool();

    /// <inheritdoc/>
    JoinResult ITmemClient.TryJoinSharedPool(PoolUuid uuid, out ISharedEphemeralPool? pool)
    {
        JoinResult result = TryJoinSharedPool(uuid, out SharedEphemeralPool? joined);
        pool = joined;
        return result;
    }

    [SuppressMessage("Style", "IDE0072", Justification = "Private pools are made or refused for these reasons only.")]
    private PoolHandle Create(PoolKind kind)
    {
        JoinResult result = Host.Store.AddPool(Slots, kind, default, slot: -1, out PoolHandle handle);
        return result switch
        {
            JoinResult.Created => handle,
            JoinResult.TooManyPools => throw new InvalidOperationException(
                $"Client {Name} has all of its {Host.Options.MaxPoolsPerClient} pools ({nameof(TmemHostOptions.MaxPoolsPerClient)}); dispose one first."),
            _ => throw new InsufficientMemoryException("The host has no room for another pool's records."),
        };
    }
}
