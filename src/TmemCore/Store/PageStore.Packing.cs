using System.Runtime.CompilerServices;
using TmemCore.Codecs;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Pages in fewer bytes than a frame: which codec a pool has, the work of codecs outside of locks, and compaction.</summary>
internal sealed partial class PageStore
{
    /// <summary>What compaction moves for one put at most. A page is moved under one hold of a lock, so that nobody waits for more than that.</summary>
    private const int CompactedBytesPerStep = 64 << 10;

    /// <summary>Pages that compaction looks at for one put at most: some have gone when their shard's lock is taken.</summary>
    private const int CompactedPagesPerStep = 128;

    private readonly ScratchPool _scratches = new();
    private readonly SpanHeap _spans;
    private readonly PackedPages _packed;

    /// <summary>The number of the first page that is not known by a frame's; those below are frames.</summary>
    private readonly uint _firstPacked;

    /// <summary>By pool number; an entry, once there, stays. Written under the control lock.</summary>
    private PoolPacking[] _packings = [];
    private PageCompression _compression;

    /// <summary>How pages of clients that compress are packed, where neither client nor pool says otherwise.</summary>
    public PageCompression Compression => _compression;

    /// <summary>Sets <see cref="Compression"/>.</summary>
    public void SetCompression(PageCompression compression)
    {
        lock (Control)
        {
            RequireLive();
            _compression = compression;
            VisitClients(UpdatePackings);
        }
    }

    /// <summary>Sets a client's codec; null for the host's.</summary>
    public void SetCompression(uint client, PageCompression? compression)
    {
        lock (Control)
        {
            RequireLive();
            ref ClientRecord record = ref Client(client);
            record.Compression = CompressionSetting.Of(compression);
            SetFlags(client, Compresses(compression) ? ClientFlags.Compress : 0, ClientFlags.Compress);
        }
    }

    /// <summary>Sets a pool's codec; null for its owner's.</summary>
    public bool TrySetCompression(in PoolHandle handle, PageCompression? compression)
    {
        lock (Control)
        {
            RequireLive();
            if (!handle.IsHeld)
            {
                return false;
            }

            Pool(handle.Pool).Compression = CompressionSetting.Of(compression);
            UpdatePacking(handle.Pool);
            return true;
        }
    }

    /// <summary>What a client's new pages are packed by.</summary>
    public PageCompression CompressionOf(uint client)
    {
        ref ClientRecord record = ref Client(client);
        return (record.Flags & ClientFlags.Compress) == 0 ? PageCompression.None : record.Compression.Or(_compression);
    }

    /// <summary>What a pool's new pages are packed by.</summary>
    public PageCompression CompressionOf(in PoolHandle handle)
    {
        lock (Control)
        {
            RequireLive();
            return handle.IsHeld ? EffectiveCompression(handle.Pool) : PageCompression.None;
        }
    }

    private bool Compresses(PageCompression? compression) =>
        compression is null ? _options.CompressByDefault : compression != PageCompression.None;

    private PageCompression EffectiveCompression(uint pool) => Pool(pool).Compression.Or(CompressionOf(Pool(pool).Owner));

    private void UpdatePackings(uint client)
    {
        ref ClientRecord record = ref Client(client);
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            uint pool = record.Pools[slot];
            if (pool != 0 && Pool(pool - 1).Owner == client)
            {
                UpdatePacking(pool - 1);
            }
        }
    }

    /// <summary>Has the pool's puts follow the settings; the control lock is held.</summary>
    private void UpdatePacking(uint pool)
    {
        PageCodec? codec = PageCodec.For(EffectiveCompression(pool));
        if (pool >= _packings.Length)
        {
            if (codec is null)
            {
                return;
            }

            var longer = new PoolPacking[Math.Max(pool + 1, _packings.Length * 2)];
            _packings.CopyTo(longer, 0);
            for (int i = _packings.Length; i < longer.Length; i++)
            {
                longer[i] = new PoolPacking();
            }

            Volatile.Write(ref _packings, longer);
        }

        _packings[pool].Codec = codec;
    }

    /// <summary>How a pool's pages are packed; null when they are kept whole. A handle that is stale may lead to another pool's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PoolPacking? PackingOf(uint pool)
    {
        PoolPacking[] packings = Volatile.Read(ref _packings);
        return pool < (uint)packings.Length && packings[pool].Codec is not null ? packings[pool] : null;
    }

    /// <summary>Whether a page in the caller's memory looks random; of other sources that is seen once they have been read.</summary>
    private static bool IsRandom<TSource>(scoped ref TSource source)
        where TSource : IPageSource, allows ref struct =>
        typeof(TSource) == typeof(SpanSource) && Randomness.IsLikely(Unsafe.As<TSource, SpanSource>(ref source).Page);

    /// <summary>Stores a page, or an entry, in a form that it has been packed in elsewhere.</summary>
    /// <param name="handle">The pool.</param>
    /// <param name="id">The object.</param>
    /// <param name="index">The index.</param>
    /// <param name="form">How <paramref name="data"/> becomes the page.</param>
    /// <param name="data">The bytes to keep.</param>
    /// <param name="page">What they have become.</param>
    public PutResult PutForm(
        in PoolHandle handle, in ObjectId id, uint index, in PackedForm form, ReadOnlySpan<byte> data, ReadOnlySpan<byte> page)
    {
        ulong hash = _hash.OfObject(handle.Pool, id);
        ShardOf(hash).PrefetchBuckets(hash, index);
        if (_isXen && IsOpen(handle) && !TryKeepReserve(handle.Client.Number))
        {
            return RefuseForReserve(handle, id, index, hash);
        }

        var attempt = new PutAttempt { Frame = FrameAllocator.None, IsPacked = form != PackedForm.Whole, Form = form, Data = data };
        var source = new SpanSource(page, _usesStreaming);
        return Put(handle, id, index, hash, ref source, ref attempt);
    }

    /// <summary>Puts a page that is to be packed: read and made smaller before any lock is taken.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private PutResult PutPacked<TSource>(
        in PoolHandle handle, in ObjectId id, uint index, ulong hash, PoolPacking packing, scoped ref TSource source)
        where TSource : IPageSource, allows ref struct
    {
        CodecScratch scratch = _scratches.Rent();
        try
        {
            if (!TryRead(handle, id, index, hash, scratch, ref source, out PutResult result))
            {
                return result;
            }

            var attempt = new PutAttempt { Frame = FrameAllocator.None };
            attempt.IsPacked = TryPack(packing, scratch, out attempt.Form);
            attempt.IsPoor = !attempt.IsPacked;
            attempt.Data = scratch.Data[..attempt.Form.Bytes];
            var page = new SpanSource(scratch.Page, _usesStreaming);
            return Put(handle, id, index, hash, ref page, ref attempt);
        }
        finally
        {
            _scratches.Return(scratch);
        }
    }

    /// <summary>Reads a source; when it fails, or throws, the put is carried out as one that fails.</summary>
    private bool TryRead<TSource>(
        in PoolHandle handle, in ObjectId id, uint index, ulong hash, CodecScratch scratch, scoped ref TSource source, out PutResult result)
        where TSource : IPageSource, allows ref struct
    {
        bool isRead = false;
        result = PutResult.Stored;
        try
        {
            if (typeof(TSource) == typeof(SpanSource))
            {
                // Never past the caches: it is read again at once, and scratch does not lie on a border that streaming wants.
                PageCopy.Copy(Unsafe.As<TSource, SpanSource>(ref source).Page, scratch.Page);
                isRead = true;
            }
            else
            {
                isRead = source.TryRead(scratch.Page);
            }
        }
        finally
        {
            if (!isRead)
            {
                var attempt = new PutAttempt { Frame = FrameAllocator.None };
                var unreadable = default(UnreadableSource);
                result = Put(handle, id, index, hash, ref unreadable, ref attempt);
            }
        }

        return isRead;
    }

    private static bool TryPack(PoolPacking packing, CodecScratch scratch, out PackedForm form)
    {
        form = default;
        PageCodec? codec = packing.Codec;
        if (codec is null
            || (packing.IsPoor && Randomness.IsLikely(scratch.Page))
            || !PackedForm.TryPack(scratch.Page, codec, scratch, out form))
        {
            packing.NotePoor();
            return false;
        }

        packing.NoteGood();
        return true;
    }

    /// <summary>Copies what is kept of a page, so that it can be made a page again when the lock is left.</summary>
    private PackedForm CopyPacked(uint page, CodecScratch scratch)
    {
        PackedForm form = _packed.FormOf(page);
        ReadOnlySpan<byte> data = _packed.DataOf(page, scratch.Data);
        data.CopyTo(scratch.Data);
        return form with { Bytes = data.Length };
    }

    /// <summary>Makes a page again from what was copied; an entry shorter than a page is followed by zeros.</summary>
    private static void Unpack(in PackedForm form, CodecScratch scratch, Span<byte> page)
    {
        form.Unpack(scratch.Data[..form.Bytes], page[..form.Length], scratch);
        page[form.Length..].Clear();
    }

    /// <summary>What a page takes besides its descriptor, in bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SizeOf(uint page) => page < _firstPacked ? ArenaLayout.PageBytes : _packed.SizeOf(page);

    /// <summary>The tag of an entry; pages have none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte TagOf(uint page) => page < _firstPacked ? (byte)0 : _packed.TagOf(page);

    /// <summary>Gives up the memory of a page that has left the index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReleaseMemory(Shard shard, uint page)
    {
        if (page < _firstPacked)
        {
            _frames.Release(page);
        }
        else
        {
            _packed.Release(page, ref shard.Record.Shelf);
        }
    }

    /// <summary>Gives up the memory of pages that have left the index; their order is lost.</summary>
    private void ReleaseMemory(Shard shard, Span<uint> pages)
    {
        int whole = 0;
        foreach (uint page in pages)
        {
            if (page < _firstPacked)
            {
                pages[whole++] = page;
            }
            else
            {
                _packed.Release(page, ref shard.Record.Shelf);
            }
        }

        _frames.Release(pages[..whole]);
    }

    /// <summary>Moves some pages out of sparse spans, until frames for another span are free. No lock is held on entry.</summary>
    /// <returns>Whether any was moved; there may be more to do.</returns>
    private bool TryCompact() => TryCompact(SizeClasses.MaximumFrames);

    private bool TryCompact(long wantedFrames)
    {
        int moved = 0;
        for (int i = 0; i < CompactedPagesPerStep && moved < CompactedBytesPerStep && _packed.TableBytes > 0; i++)
        {
            if (!TryChooseSlot(out ulong slot, out uint page, out Shard shard))
            {
                break;
            }

            shard.Lock.Enter();
            moved += _packed.TryMove(page, slot);
            shard.Lock.Exit();
            if (_frames.FreeCount >= wantedFrames)
            {
                break;
            }
        }

        return moved > 0;
    }

    /// <summary>Whether a slot of the size is free just now.</summary>
    private bool HasRoomFor(in PackedForm form)
    {
        ShardLock keeper = _shards[0].Lock;
        keeper.Enter();
        bool hasRoom = _packed.HasRoomFor(form);
        keeper.Exit();
        return hasRoom;
    }

    private bool TryChooseSlot(out ulong slot, out uint page, out Shard shard)
    {
        // Any lock keeps the arena where it is.
        ShardLock keeper = _shards[0].Lock;
        keeper.Enter();
        bool isFound = _packed.TryChoose(out slot, out page, out int number);
        keeper.Exit();
        shard = _shards[number];
        return isFound;
    }

    /// <summary>A source that cannot be read.</summary>
    private readonly struct UnreadableSource : IPageSource
    {
        public bool TryRead(Span<byte> page) => false;
    }
}
