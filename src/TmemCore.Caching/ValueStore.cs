namespace TmemCore.Caching;

/// <summary>
/// Values of any length over the pages of one pool. A key's object has one entry, the head; longer values have their bytes in chunks, in one of
/// two further objects, the slots. A set fills the slot that the old value is not in, puts the head over the old one, which is the moment when it
/// takes effect, and frees the old slot. Sets, and whatever else changes an object, hold the lock of the object's stripe; reads hold none, and look at the
/// head again after the chunks: the same generation before and after means that nobody has touched the chunks in between.
/// </summary>
/// <remarks>
/// The store may drop any page at any moment. A chunk that is missing under a head that stands makes the value incomplete: the rest is freed.
/// Chunks that are left without a head are freed by the next set or get of the key, and age like all pages until then.
/// </remarks>
internal sealed partial class ValueStore
{
    /// <summary>The longest value: 64 MiB.</summary>
    public const int MaximumValueBytes = 64 << 20;

    private const int PageBytes = TmemPool.PageBytes;
    private const uint HeadIndex = 0;

    /// <summary>
    /// Slots are neighbours of the key's id, and their indexes do not overlap, nor with a head's: keys whose ids are neighbours, too, could
    /// free each other's chunks, and never read them.
    /// </summary>
    private const uint FirstChunkIndex = 64;
    private const uint SlotIndexes = 1 << 16;

    /// <summary>Pages of one call; so many handles fit the stack.</summary>
    private const int BatchPages = 32;
    private const int Stripes = 128;

    private readonly IRetainingPool _pool;
    private readonly Lock[] _locks = new Lock[Stripes];
    private ulong _lastGeneration;
    private bool _hasChunks;

    /// <summary>Makes a store of a pool, which nobody else may use.</summary>
    public ValueStore(IRetainingPool pool)
    {
        _pool = pool;
        for (int i = 0; i < _locks.Length; i++)
        {
            _locks[i] = new Lock();
        }
    }

    /// <summary>The pool.</summary>
    public IRetainingPool Pool => _pool;

    /// <summary>Whether calls of the pool fail when a connection breaks.</summary>
    public bool IsRemote => _pool is not RetainingPool;

    /// <summary>Whether the pool has said that it is no more; then nothing can be stored here again.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Makes sure that nothing is stored under a key.</summary>
    public void Remove(in CacheKey key)
    {
        lock (LockOf(key.Id))
        {
            Drop(key.Id);
        }
    }

    /// <summary>Keeps a value with a sliding expiration for longer.</summary>
    /// <returns>What became of the value; a refresh reads no chunks.</returns>
    public ReadOutcome Refresh(in CacheKey key, long nowTicks)
    {
        Span<byte> entry = stackalloc byte[PageBytes];
        lock (LockOf(key.Id))
        {
            if (!TryReadHead(key.Id, ref entry, out Head head) || !head.MayBeOf(key, entry))
            {
                return ReadOutcome.Miss;
            }

            if (head.Lifetime.IsOver(nowTicks))
            {
                Drop(key.Id);
                return ReadOutcome.Expired;
            }

            Renew(key.Id, entry, head, nowTicks);
            return ReadOutcome.Hit;
        }
    }

    /// <summary>The object and the index of a slot's first chunk.</summary>
    private static (ObjectId Object, uint Index) SlotOf(in ObjectId id, int slot) =>
        (id with { Word2 = id.Word2 + 1 + (ulong)slot }, FirstChunkIndex + ((uint)slot * SlotIndexes));

    private Lock LockOf(in ObjectId id) => _locks[id.Word0 % Stripes];

    /// <summary>Reads a head.</summary>
    /// <param name="id">The key's object.</param>
    /// <param name="entry">A page of room; cut to the entry when there is one.</param>
    /// <param name="head">What it says.</param>
    private bool TryReadHead(in ObjectId id, ref Span<byte> entry, out Head head)
    {
        GetResult result = _pool.GetEntry(id, HeadIndex, entry, out int length);
        if (result == GetResult.Hit && Head.TryRead(entry[..length], out head))
        {
            entry = entry[..length];
            return true;
        }

        IsGone |= result == GetResult.Unavailable;
        head = default;
        return false;
    }

    /// <summary>Writes a head again with a later access, under the stripe's lock. If it is refused, the value stays as it was or goes.</summary>
    private void Renew(in ObjectId id, Span<byte> entry, in Head head, long nowTicks)
    {
        if (head.Lifetime.IsRenewedAt(nowTicks))
        {
            (head with { Lifetime = head.Lifetime with { LastAccessTicks = nowTicks } }).Write(entry);
            _pool.TryPutEntry(id, HeadIndex, entry, out _);
        }
    }

    /// <summary>Frees all that an object and its slots have, under the stripe's lock: the head first, so that nobody counts on the chunks.</summary>
    private void Drop(in ObjectId id)
    {
        _pool.FlushPage(id, HeadIndex);
        DropChunks(id);
    }

    private void DropChunks(in ObjectId id)
    {
        if (Volatile.Read(ref _hasChunks))
        {
            DropSlot(id, slot: 0);
            DropSlot(id, slot: 1);
        }
    }

    private void DropSlot(in ObjectId id, int slot) => _pool.FlushObject(SlotOf(id, slot).Object);
}
