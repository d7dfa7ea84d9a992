using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>
/// S3-FIFO over the lists of ages. New pages enter the pool's list, the small queue. Those found twice by the time that they
/// reach its end go on to the main queue, the others leave and are noted as ghosts; a page that comes back while it is a ghost enters the
/// main queue. There, a page that was found goes round once more for each time. A hit changes a counter of the page's descriptor and
/// no list.
/// </summary>
/// <remarks>
/// The algorithm of Yang, Zhang, Qiu, Yue and Vinayak, "FIFO queues are all you need for cache eviction", SOSP 2023, with its
/// parameters: a small queue of a tenth, as many ghosts as the main queue has pages, two hits to be promoted. Each shard has queues of its
/// own. From exclusive pools a get takes the page, so that none is found twice; where the policy keeps a history of gets, pages that
/// were taken enter the main queue when they come back.
/// </remarks>
internal sealed partial class Shard
{
    /// <summary>Pages that change their queue under one hold of the lock at most; the next one goes, whatever its hits.</summary>
    public const int QueueStepsPerHold = 32;

    /// <summary>Entries that the last <see cref="TryChooseVictim"/> has passed over or moved.</summary>
    public int PassedEntries { get; private set; }

    private const uint SmallShare = 10;
    private const int HitsToPromote = 2;

    /// <summary>Whether it makes a difference to note that a page was found.</summary>
    public bool WouldCountHit(uint poolShard, uint page) => PoolShard(poolShard).Main == 0 || Descriptor(page).Hits < PageDescriptor.MostHits;

    /// <summary>Notes that a page was found and stays, for the policy that counts it.</summary>
    /// <returns>False when the pool's pages go by age alone: the page is to be made young then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryCountHit(uint poolShard, uint page)
    {
        if (PoolShard(poolShard).Main == 0)
        {
            return false;
        }

        ref PageDescriptor descriptor = ref Descriptor(page);
        int hits = descriptor.Hits;
        if (hits < PageDescriptor.MostHits)
        {
            descriptor.Hits = hits + 1;
        }

        return true;
    }

    /// <summary>Whether a page that comes in now was given up, or taken, so lately that it belongs into the main queue.</summary>
    /// <param name="poolShard">The pool's record here.</param>
    /// <param name="hash">The object's hash.</param>
    /// <param name="name">The page's <see cref="GhostTable.NameOf"/>.</param>
    /// <param name="isHistory">Whether gets are noted, too: then as many count as the shard could hold, since pages that were taken are not in the pool.</param>
    public bool IsGhost(uint poolShard, ulong hash, ulong name, bool isHistory)
    {
        uint main = PoolShard(poolShard).Main;

        // Of a pool that nothing has left yet the table is not asked, which would be a wait for memory.
        return main != 0
            && Queue(main).Ghosts is uint ghosts and not 0
            && _ghosts.Contains(hash, name, ghosts, isHistory ? ShareOfFrames : PoolShard(poolShard).Pages);
    }

    /// <summary>
    /// Notes that a page was asked for in vain. It comes, if at all, only when its client has no more use for it, and would be no ghost
    /// any more by then.
    /// </summary>
    public void NoteMiss(uint poolShard, ulong hash, uint index)
    {
        if (poolShard != 0 && IsGhost(poolShard, hash, index, isHistory: true))
        {
            _ghosts.Note(hash, index, ++Queue(PoolShard(poolShard).Main).Ghosts);
        }
    }

    /// <summary>Notes a page that is about to leave: one that goes before it was promoted, or that is taken.</summary>
    /// <param name="poolShard">The pool's record here.</param>
    /// <param name="page">The page.</param>
    /// <param name="tag">Its <see cref="PackedForm.Tag"/>.</param>
    /// <param name="isTaken">Whether it goes for another reason than that its time has come.</param>
    public void NoteGhost(uint poolShard, uint page, byte tag, bool isTaken)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        if (pool.Main == 0)
        {
            return;
        }

        PageDescriptor descriptor = Descriptor(page);
        if (isTaken || !descriptor.IsInMain)
        {
            _ghosts.Note(Object(descriptor.Object).FullHash, GhostTable.NameOf(descriptor.Index, tag), ++Queue(pool.Main).Ghosts);
        }
    }

    /// <summary>
    /// Has a number whose entry was another's until now go on as if the entry had come in anew: without hits, and the youngest of its queue. It stays in
    /// the old one's place when memory is too short for that.
    /// </summary>
    /// <param name="poolShard">The pool's record here.</param>
    /// <param name="page">The number.</param>
    /// <param name="sequence">Its new age.</param>
    /// <param name="isGhost">Whether it belongs into the main queue.</param>
    public void EnterAnew(uint poolShard, uint page, ulong sequence, bool isGhost)
    {
        if (!TryPrepareAppend(poolShard, sequence, isGhost))
        {
            Descriptor(page).Hits = 0;
            return;
        }

        LeaveQueue(poolShard, page);
        Append(poolShard, page, sequence, isGhost);
        ClearSome(poolShard);
    }

    /// <summary>The page that a pool gives up next.</summary>
    /// <param name="poolShard">The pool's record here; it has a list.</param>
    /// <param name="ages">Where pages that move get new ages from.</param>
    /// <param name="page">The page.</param>
    /// <returns>False when stale entries were in the way: the lists begin with greater ages now, or are gone.</returns>
    public bool TryChooseVictim(uint poolShard, AgeClock ages, out uint page)
    {
        PassedEntries = 0;
        if (PoolShard(poolShard).Main == 0)
        {
            return TryGetOldest(poolShard, out page);
        }

        page = ChooseFromQueues(poolShard, ages);
        Reorder(poolShard);
        return page != PageDescriptor.None;
    }

    /// <summary>Frames that the shard would have if all had as many.</summary>
    private uint ShareOfFrames => (uint)(_arena.Budget.LimitBytes / ArenaLayout.PageBytes / _arena.Layout.Shards);

    private ref MainQueue Queue(uint cell) => ref _arena.Cell<MainQueue>(cell);

    private uint ChooseFromQueues(uint poolShard, AgeClock ages)
    {
        ref PoolShardRecord pool = ref PoolShard(poolShard);
        ref MainQueue main = ref Queue(pool.Main);
        int stale = StaleEntriesPerStep;
        for (int step = 0; ; step++)
        {
            bool isMain = pool.Ages.Entries == 0
                || (main.Ages.Entries != 0 && main.Pages > pool.Pages - (pool.Pages / SmallShare));
            ref AgeList list = ref isMain ? ref main.Ages : ref pool.Ages;
            stale -= DropStaleHead(ref list, stale);
            if (list.Entries == 0 && EntriesOf(poolShard) != 0 && stale > 0)
            {
                continue;
            }

            if (list.Entries == 0 || stale <= 0)
            {
                return PageDescriptor.None;
            }

            uint page = HeadOf(list).Page;
            int hits = Descriptor(page).Hits;
            bool goes = isMain ? hits == 0 : hits < HitsToPromote;
            if (goes || step >= QueueStepsPerHold || !TryMoveToMain(poolShard, ref list, page, isMain ? hits - 1 : 0, ages))
            {
                PassedEntries = step + StaleEntriesPerStep - stale;
                return page;
            }
        }
    }

    /// <summary>Moves the page at the head of a list to the young end of the main queue; false when memory is short.</summary>
    private bool TryMoveToMain(uint poolShard, ref AgeList list, uint page, int hits, AgeClock ages)
    {
        ulong sequence = ages.Next();
        if (!TryPrepareAppend(poolShard, sequence, isMain: true))
        {
            return false;
        }

        Chunk(list.First).First++;
        list.Entries--;
        LeaveQueue(poolShard, page);
        Append(poolShard, page, sequence, isMain: true);
        Descriptor(page).Hits = hits;
        return true;
    }
}
