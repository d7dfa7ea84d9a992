using TmemCore.Memory;
using TmemCore.Reclaim;

namespace TmemCore.Store;

/// <summary>Which client gives up the next page, and where its oldest ones lie.</summary>
internal sealed partial class PageStore
{
    /// <summary>A client that pays gives up this part of the host, within bounds, before the next one is chosen.</summary>
    private const uint VictimShare = 4096;

    private const uint MostVictimQuantum = 64;

    /// <summary>Pages that a client with a cap gives up before all shards are looked at again.</summary>
    private const int OwnQuantum = 1024;

    private readonly Lock _victimLock = new();
    private readonly ClientAges _victimAges;
    private readonly int _victimQuantum;
    private int _victimLeft;

    /// <summary>
    /// The client that pays. Whoever was chosen pays for some pages in a row: the ages of its pages are looked up in all shards once for
    /// these, and two clients at the border of their shares do not take turns page by page. Elsewhere than with weights each page is a choice of
    /// its own.
    /// </summary>
    private uint ChooseVictim(uint callingClient)
    {
        uint client = _victims.ChooseClient(callingClient);
        bool isChosenLately = _victims == _shares
            && !_isXen
            && client != IVictimPolicy.Everyone
            && Volatile.Read(ref _victimLeft) > 0;
        return isChosenLately ? _victimAges.Client : client;
    }

    /// <summary>The ages of a client that is to pay, in whatever state they are.</summary>
    private ClientAges AgesOf(uint client)
    {
        if (_victimAges.Client != client || Interlocked.Decrement(ref _victimLeft) < 0)
        {
            lock (_victimLock)
            {
                _victimAges.Client = client;
                LookUp(_victimAges);
                Volatile.Write(ref _victimLeft, _victims == _shares && !_isXen ? _victimQuantum : 0);
            }
        }

        return _victimAges;
    }

    /// <summary>Gives up the oldest page of a client that has a cap; false when it has none.</summary>
    private bool TryEvictOwn(uint client, FrameUse use)
    {
        if (!_ownAges.TryGetValue(client, out ClientAges? ages))
        {
            return false;
        }

        if (--ages.Left < 0)
        {
            LookUp(ages);
            ages.Left = OwnQuantum;
        }

        return TryEvictFrom(ages, use, EvictionReason.Cap, default, out _);
    }

    /// <summary>Gives up the oldest page of a client, as far as it is known which; false when it has none.</summary>
    private bool TryEvictFrom(ClientAges ages, FrameUse use, EvictionReason reason, in Way next, out uint frame)
    {
        bool isFresh = false;

        // A shard in which nothing was found is not asked again; others may bring pages there meanwhile.
        for (int failures = 0; failures < _shards.Length + MaximumFailures;)
        {
            int shard = ages.FindOldest();
            if (shard < 0 && isFresh)
            {
                break;
            }

            if (shard < 0)
            {
                LookUp(ages);
                isFresh = true;
                continue;
            }

            Eviction eviction = EvictFrom(_shards[shard], ages, use, reason, next, out frame);
            if (eviction == Eviction.Done)
            {
                return true;
            }

            failures += eviction == Eviction.Nothing ? 1 : 0;
        }

        frame = FrameAllocator.None;
        return false;
    }

    private void LookUp(ClientAges ages)
    {
        foreach (Shard shard in _shards)
        {
            shard.Lock.Enter();
            NoteAge(shard, ages);
            shard.Lock.Exit();
        }
    }

    private void NoteAge(Shard shard, ClientAges? ages)
    {
        if (ages is not null)
        {
            uint poolShard = OldestOf(shard, ages.Client);
            ages.Set(shard.Number, poolShard == 0 ? Shard.NoSequence : shard.PoolShard(poolShard).OldestSequence);
        }
    }

    private (long AllPages, long Pages, long AllWeights, uint Weight) CountForWeights(uint client)
    {
        // Any lock keeps the arena where it is.
        ShardLock keeper = _shards[0].Lock;
        keeper.Enter();
        try
        {
            ref ClientRecord record = ref Client(client);
            return (Volatile.Read(ref _ephemeral.Now), Volatile.Read(ref record.EphemeralPages.Now), Host.WeightSum, record.Weight);
        }
        finally
        {
            keeper.Exit();
        }
    }
}
