namespace TmemCore.Caching;

/// <summary>
/// Values of any length over the pages of one pool. A key has one entry, the head, at one of the places that the <see cref="HeadLayout"/> gives it; longer values have their bytes in chunks, in one of
/// two objects of the key's own, the slots. A set fills the slot that the old value is not in, puts the head over the old one, which is the moment when it
/// takes effect, and frees the old slot. Sets, and whatever else changes heads or chunks, hold the lock of the key's stripe; reads hold none, and look at the
/// head again after the chunks: the same generation before and after means that nobody has touched the chunks in between.
/// </summary>
/// <remarks>
/// The store may drop any page at any moment. A chunk that is missing under a head that stands makes the value incomplete: the rest is freed.
/// Chunks that are left without a head are freed by the next set, get or removal of the key, and age like all pages until then. A head never moves from one of its
/// places to the other, so that a read which looks at one after the other finds it if it is there all the time.
/// </remarks>
internal sealed partial class ValueStore
{
    /// <summary>The longest value: 64 MiB.</summary>
    public const int MaximumValueBytes = 64 << 20;

    private const int PageBytes = TmemPool.PageBytes;

    /// <summary>
    /// Slots are neighbours of the key's id, and their indexes do not overlap, nor with a head's: keys whose ids are neighbours, too, could
    /// free each other's chunks, and never read them.
    /// </summary>
    private const uint FirstChunkIndex = HeadLayout.Indexes;
    private const uint SlotIndexes = 1 << 16;

    /// <summary>Pages of one call; so many handles fit the stack.</summary>
    private const int BatchPages = 32;
    private const int Stripes = 128;
    private const int ChunkMarks = 1 << 16;

    private readonly IRetainingPool _pool;
    private readonly HeadLayout _heads;

    /// <summary>The pool, where a place may have another key's head: to see that must not keep it, and what is remembered of a head must be its key's.</summary>
    private readonly RetainingPool? _shared;
    private readonly Lock[] _locks = new Lock[Stripes];
    private ulong _lastGeneration;

    /// <summary>Marks for ids that have had chunks, some ids sharing one: who misses a key without one looks for nothing that is left of it.</summary>
    private readonly bool[] _chunkMarks = new bool[ChunkMarks];

    /// <summary>Makes a store of a pool, which nobody else may use.</summary>
    public ValueStore(IRetainingPool pool, HeadLayout heads)
    {
        _pool = pool;
        _heads = heads;
        _shared = heads.PlacesPerKey > 1 ? pool as RetainingPool : null;
        for (int i = 0; i < _locks.Length; i++)
        {
            _locks[i] = new Lock();
        }
    }

    /// <summary>The pool.</summary>
    public IRetainingPool Pool => _pool;

    /// <summary>Where heads lie.</summary>
    public HeadLayout Heads => _heads;

    /// <summary>Whether calls of the pool fail when a connection breaks.</summary>
    public bool IsRemote => _pool is not RetainingPool;

    /// <summary>Whether the pool has said that it is no more; then nothing can be stored here again.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Makes sure that nothing is stored under a key.</summary>
    public void Remove(in CacheKey key)
    {
        lock (LockOf(key.Id))
        {
            Drop(key);
        }
    }

    /// <summary>Keeps a value with a sliding expiration for longer.</summary>
    /// <returns>What became of the value; a refresh reads no chunks.</returns>
    public ReadOutcome Refresh(in CacheKey key, long nowTicks)
    {
        Span<byte> entry = stackalloc byte[PageBytes];
        lock (LockOf(key.Id))
        {
            if (!TryFind(key, ref entry, out FoundHead found))
            {
                return ReadOutcome.Miss;
            }

            if (found.Head.Lifetime.IsOver(nowTicks))
            {
                Drop(key);
                return ReadOutcome.Expired;
            }

            Renew(key, found, entry, nowTicks);
            return ReadOutcome.Hit;
        }
    }

    /// <summary>The object and the index of a slot's first chunk.</summary>
    private static (ObjectId Object, uint Index) SlotOf(in ObjectId id, int slot) =>
        (id with { Word2 = id.Word2 + 1 + (ulong)slot }, FirstChunkIndex + ((uint)slot * SlotIndexes));

    private ref bool ChunkMarkOf(in ObjectId id) => ref _chunkMarks[id.Word2 % ChunkMarks];

    private Lock LockOf(in ObjectId id) => _locks[_heads.StripeOf(id) % Stripes];

    /// <summary>A head that was found.</summary>
    /// <param name="Place">Where it is.</param>
    /// <param name="Head">What it says.</param>
    /// <param name="IsToCount">Whether the store should be told when it is used.</param>
    private readonly record struct FoundHead(HeadPlace Place, Head Head, bool IsToCount);

    /// <summary>Looks for a key's head at all its places.</summary>
    /// <param name="key">The key.</param>
    /// <param name="entry">A page of room; cut to the entry when there is one.</param>
    /// <param name="found">The head.</param>
    private bool TryFind(in CacheKey key, scoped ref Span<byte> entry, out FoundHead found)
    {
        Span<byte> page = entry;
        for (int number = 0; number < _heads.PlacesPerKey; number++)
        {
            if (TryReadHead(_heads.PlaceOf(key.Id, number), page, out int length, out found) && found.Head.MayBeOf(key, page[..length]))
            {
                entry = page[..length];
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>Reads the head at a place, whosever it is.</summary>
    private bool TryReadHead(in HeadPlace place, Span<byte> page, out int length, out FoundHead found)
    {
        bool isToCount = false;
        GetResult result = _shared is null
            ? _pool.GetEntry(place.Object, place.Index, page, out length)
            : _shared.LookAtEntry(place.Object, place.Index, page, out length, out isToCount);
        if (result == GetResult.Hit && Head.TryRead(page[..length], out Head head))
        {
            found = new FoundHead(place, head, isToCount);
            return true;
        }

        IsGone |= result == GetResult.Unavailable;
        found = default;
        return false;
    }

    /// <summary>Writes a head again with a later access, under the stripe's lock. If it is refused, the value stays as it was or goes.</summary>
    private void Renew(in CacheKey key, in FoundHead found, Span<byte> entry, long nowTicks)
    {
        Head head = found.Head;
        if (head.Lifetime.IsRenewedAt(nowTicks))
        {
            (head with { Lifetime = head.Lifetime with { LastAccessTicks = nowTicks } }).Write(entry);
            TryPutHead(found.Place, key, entry);
        }
    }

    private bool TryPutHead(in HeadPlace place, in CacheKey key, ReadOnlySpan<byte> entry) => _shared is null
        ? _pool.TryPutEntry(place.Object, place.Index, entry, out _)
        : _shared.TryPutEntry(place.Object, place.Index, _heads.TagOf(key.Id), entry, out _);

    /// <summary>
    /// Frees all that a key has, under the stripe's lock: the head first, so that nobody counts on the chunks. Those of another key with the same id stay.
    /// </summary>
    private void Drop(in CacheKey key)
    {
        if (_heads.PlacesPerKey == 1)
        {
            Flush(_heads.PlaceOf(key.Id, 0));
            DropChunks(key.Id);
            return;
        }

        Span<byte> page = stackalloc byte[PageBytes];
        bool isHeld = false;
        for (int number = 0; number < _heads.PlacesPerKey; number++)
        {
            HeadPlace place = _heads.PlaceOf(key.Id, number);
            bool isTaken = TryReadHead(place, page, out int length, out FoundHead found);
            if (IsGone || (isTaken && found.Head.MayBeOf(key, page[..length])))
            {
                // A pool that cannot be read may be read again one day: nothing may be found there then that was to go.
                Flush(place);
            }
            else
            {
                isHeld |= isTaken && found.Head.HasChunksOf(key.Id);
            }
        }

        if (!isHeld)
        {
            DropChunks(key.Id);
        }
    }

    private void Flush(in HeadPlace place) => _pool.FlushPage(place.Object, place.Index);

    /// <summary>Frees the chunks that an id leads to, under the stripe's lock, unless they belong to a head: of another key of the same id, perhaps.</summary>
    private void DropOrphans(in ObjectId id)
    {
        if (!Volatile.Read(ref ChunkMarkOf(id)))
        {
            return;
        }

        Span<byte> page = stackalloc byte[PageBytes];
        for (int number = 0; number < _heads.PlacesPerKey; number++)
        {
            if (TryReadHead(_heads.PlaceOf(id, number), page, out _, out FoundHead found) && found.Head.HasChunksOf(id))
            {
                return;
            }
        }

        DropChunks(id);
    }

    private void DropChunks(in ObjectId id)
    {
        if (Volatile.Read(ref ChunkMarkOf(id)))
        {
            DropSlot(id, slot: 0);
            DropSlot(id, slot: 1);
        }
    }

    private void DropSlot(in ObjectId id, int slot) => _pool.FlushObject(SlotOf(id, slot).Object);
}
