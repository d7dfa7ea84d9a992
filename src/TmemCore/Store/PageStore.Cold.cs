using System.Diagnostics;
using TmemCore.Codecs;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// The cold tier: packed pages that nobody uses are made smaller by a denser codec. A page is copied under its shard's lock, made
/// again and smaller outside of it, and swapped in under the lock if nobody has used it meanwhile; nobody waits longer than for a copy.
/// </summary>
internal sealed partial class PageStore
{
    private readonly ColdWalk? _coldWalk;
    private readonly ColdWorker? _coldWorker;

    /// <summary>The thread that recompresses; null where there is none.</summary>
    public ColdWorker? ColdWorker => _coldWorker;

    /// <summary>Does a little of the cold tier's work; one thread at a time, and no lock is held on entry.</summary>
    /// <returns>How long there is nothing to do; zero when there may be more.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public TimeSpan RecompressStep()
    {
        ColdWalk walk = _coldWalk ?? throw new InvalidOperationException($"{nameof(TmemHostOptions.ColdCompression)} is {PageCompression.None}.");

        // A walk that rests takes no lock that would tell.
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed), typeof(TmemHost));
        TimeSpan rest = walk.Begin();
        if (rest > TimeSpan.Zero)
        {
            return rest;
        }

        CodecScratch scratch = _scratches.Rent();
        try
        {
            while (walk.HasTime)
            {
                if (walk.TryTakeCold(out uint page))
                {
                    Recompress(walk, page, scratch);
                }
                else if (walk.TryTakeGroup(_firstPacked, _packed.End, out uint group))
                {
                    walk.NoteCold(FindCold(group));
                }
                else if (!walk.TryTakeCompaction(CompactedBytesPerStep) || !TryCompact(long.MaxValue))
                {
                    walk.Finish();
                }
            }
        }
        finally
        {
            _scratches.Return(scratch);
            walk.End();
        }

        return TimeSpan.Zero;
    }

    private static ColdWalk? CreateColdWalk(TmemHostOptions options) => PageCodec.For(options.ColdCompression) is PageCodec denser
        ? new ColdWalk(denser, options.ColdAfter, options.ColdClock ?? TimeProvider.System)
        : null;

    private ulong FindCold(uint group)
    {
        Shard shard = ShardOfPacked(group);
        shard.Lock.Enter();
        ulong cold = _packed.MarkUnseen(group);
        shard.Lock.Exit();
        return cold;
    }

    private void Recompress(ColdWalk walk, uint page, CodecScratch scratch)
    {
        Shard shard = ShardOfPacked(page);
        shard.Lock.Enter();
        bool isUnseen = _packed.IsUnseen(page);
        PackedForm form = isUnseen ? CopyPacked(page, scratch) : default;
        shard.Lock.Exit();
        if (!isUnseen)
        {
            return;
        }

        PackedForm denser = MakeDenser(walk, form, scratch);
        shard.Lock.Enter();
        try
        {
            if (_packed.IsUnseen(page))
            {
                Debug.Assert(_packed.DataOf(page, scratch.Page).SequenceEqual(scratch.Data[..form.Bytes]), "What is still marked has not changed.");
                KeepDenser(walk, shard, page, denser);
            }
        }
        finally
        {
            shard.Lock.Exit();
        }
    }

    /// <summary>Makes an entry smaller than it is by an eighth, and by a slot; none of its bytes are there when that cannot be done.</summary>
    private static PackedForm MakeDenser(ColdWalk walk, in PackedForm form, CodecScratch scratch)
    {
        Span<byte> entry = scratch.Page[..form.Length];
        int most = Math.Min(SpanHeap.LongestOfSmallerSlot(form.Bytes), form.Bytes - (form.Bytes / 8));
        bool isEntry = most > 0 && PageCodec.Of(form.Codec).TryDecompress(scratch.Data[..form.Bytes], entry, scratch);
        int bytes = isEntry ? walk.Codec.Compress(entry, walk.Output.AsSpan(0, most), scratch) : 0;
        return form with { Codec = walk.Codec.Id, Bytes = bytes };
    }

    /// <summary>Swaps a page's bytes for fewer; what is charged and counted for it follows. The shard's lock is held.</summary>
    private void KeepDenser(ColdWalk walk, Shard shard, uint page, in PackedForm denser)
    {
        if (denser.Bytes == 0)
        {
            _packed.MarkDense(page);
            return;
        }

        uint poolShard = shard.Object(shard.Descriptor(page).Object).PoolShard;
        uint pool = shard.PoolShard(poolShard).Pool;
        int before = _packed.SizeOf(page);
        if (!TryRepack(shard, pool, poolShard, page, denser, walk.Output.AsSpan(0, denser.Bytes), isThrifty: true))
        {
            walk.NoteShortage();
            return;
        }

        int less = _packed.SizeOf(page) - before;
        Settle(pool, less, 0, 0, 0);
        _packed.MarkCold(page, ref shard.Record.Shelf);
        walk.NoteRecompressed(before, -less);
    }

    private Shard ShardOfPacked(uint page)
    {
        // Any lock keeps the arena where it is.
        ShardLock keeper = _shards[0].Lock;
        keeper.Enter();
        int number = _packed.ShardOf(page);
        keeper.Exit();
        return _shards[number];
    }
}
