using TmemCore.Reclaim;

namespace TmemCore.Store;

/// <summary>
/// Giving up many pages at once, for memory that goes back to the system: some of a shard under each hold of its lock, since most of what it costs
/// to give up one page is the way there. No lock of a shard is held on entry.
/// </summary>
internal sealed partial class PageStore
{
    /// <summary>Pages given up under one hold of a lock at most.</summary>
    public const int MostRunPages = 64;

    /// <summary>Of so many pages that go, one shard gives up one in a row: the oldest of all go first, but for such a part.</summary>
    private const int RunShare = 1024;

    /// <summary>Entries of the lists of ages that are passed over or moved under one hold of a lock, before a run ends.</summary>
    private const int MostRunEntries = Shard.StaleEntriesPerStep;

    /// <summary>Pages to give up under one hold of a shard's lock when so many frames are wanted; one where the order is the original's.</summary>
    private int RunFor(long frames) => _isXen ? 1 : (int)Math.Clamp(frames / RunShare, 1, MostRunPages);

    /// <summary>Evicts pages, at most as many as there is room for frames.</summary>
    /// <param name="frames">Takes the frames of those that were kept whole; they are in hand.</param>
    /// <param name="run">Pages evicted under one hold of a shard's lock at most.</param>
    /// <param name="reason">What for.</param>
    /// <param name="inHand">How many frames.</param>
    /// <returns>How many pages went; fewer than wanted when there are no more.</returns>
    private int EvictBatch(Span<uint> frames, int run, EvictionReason reason, out int inHand)
    {
        int evicted = 0;
        inHand = 0;
        while (evicted < frames.Length)
        {
            int most = Math.Min(run, frames.Length - evicted);
            int pages = EvictRun(frames.Slice(inHand, most), reason, out int whole);
            if (pages == 0)
            {
                break;
            }

            evicted += pages;
            inHand += whole;
        }

        return evicted;
    }

    private int EvictRun(Span<uint> frames, EvictionReason reason, out int inHand)
    {
        uint client = ChooseVictim(IVictimPolicy.Everyone);
        if (client != IVictimPolicy.Everyone)
        {
            int evicted = EvictRunOf(AgesOf(client), frames, reason, out inHand);
            if (evicted > 0)
            {
                // Each page counts for the pages that the client gives up in a row.
                Interlocked.Add(ref _victimLeft, 1 - evicted);
                return evicted;
            }
        }

        for (int failures = 0; failures < MaximumFailures && ShardWithOldest() is Shard shard;)
        {
            Eviction eviction = EvictRunFrom(shard, ages: null, frames, reason, out int evicted, out inHand);
            if (evicted > 0)
            {
                return evicted;
            }

            failures += eviction == Eviction.Nothing ? 1 : 0;
        }

        Interlocked.Increment(ref _evictionFailures);
        inHand = 0;
        return 0;
    }

    /// <summary>Gives up the oldest pages of a client, as far as it is known which.</summary>
    private int EvictRunOf(ClientAges ages, Span<uint> frames, EvictionReason reason, out int inHand)
    {
        bool isFresh = false;
        for (int failures = 0; failures < _shards.Length + MaximumFailures;)
        {
            int shard = ages.FindOldest();
            if (shard < 0)
            {
                if (isFresh)
                {
                    break;
                }

                LookUp(ages);
                isFresh = true;
                continue;
            }

            Eviction eviction = EvictRunFrom(_shards[shard], ages, frames, reason, out int evicted, out inHand);
            if (evicted > 0)
            {
                return evicted;
            }

            failures += eviction == Eviction.Nothing ? 1 : 0;
        }

        inHand = 0;
        return 0;
    }

    /// <summary>Evicts the oldest pages of a shard, or of a client there; ends early when somebody waits for the shard.</summary>
    private Eviction EvictRunFrom(Shard shard, ClientAges? ages, Span<uint> frames, EvictionReason reason, out int evicted, out int inHand)
    {
        evicted = 0;
        inHand = 0;
        int entries = 0;
        Eviction eviction = Eviction.Done;
        shard.Lock.Enter();
        try
        {
            do
            {
                uint poolShard = ages is null ? shard.PoolShardWithOldest : OldestOf(shard, ages.Client);
                if (poolShard == 0)
                {
                    eviction = Eviction.Nothing;
                    break;
                }

                if (!shard.TryChooseVictim(poolShard, _ages, out uint page))
                {
                    eviction = Eviction.Retry;
                    break;
                }

                entries += shard.PassedEntries;
                PageDescriptor descriptor = shard.Descriptor(page);
                shard.NoteGhost(poolShard, page, TagOf(page), isTaken: false);
                CountEviction(shard, poolShard, reason);
                RemovePage(shard, poolShard, descriptor.Object, descriptor.Index, page, FrameUse.Keep);
                evicted++;
                if (page < _firstPacked)
                {
                    frames[inHand++] = page;
                }

                shard.PrefetchOldest();
            }
            while (evicted < frames.Length && entries < MostRunEntries && !shard.Lock.HasWaiters);

            NoteAge(shard, ages);
            return eviction;
        }
        finally
        {
            shard.Lock.Exit();
        }
    }
}
