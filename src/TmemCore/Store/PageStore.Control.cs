using System.Globalization;
using TmemCore.Memory;
using TmemCore.Reclaim;

namespace TmemCore.Store;

/// <summary>Settings of clients, giving memory back, and the states of a save. All of it under the control lock.</summary>
internal sealed partial class PageStore
{
    private long _giveBacks;
    private long _framesGivenBack;
    private long _mostEvictionsPerGiveBack;

    /// <summary>Freezes a client or thaws it: a frozen one accepts replacements only.</summary>
    public void SetFrozen(uint client, bool isFrozen) =>
        SetFlags(client, isFrozen ? ClientFlags.Frozen : 0, ClientFlags.Frozen);

    /// <summary>Keeps a client frozen until as many calls have released it; its flag is another matter.</summary>
    public void HoldFrozen(uint client)
    {
        lock (Control)
        {
            RequireLive();
            Client(client).FreezeHolds++;
            RefreshOwnerState(client);
        }
    }

    /// <summary>Takes one hold back.</summary>
    public void ReleaseFrozen(uint client)
    {
        lock (Control)
        {
            Client(client).FreezeHolds--;
            RefreshOwnerState(client);
        }
    }

    /// <summary>Notes whether new pages of a client shall be compressed.</summary>
    public void SetCompress(uint client, bool compress) =>
        SetFlags(client, compress ? ClientFlags.Compress : 0, ClientFlags.Compress);

    /// <summary>
    /// Freezes a client for a save. The state before is remembered by the first call only; the original remembers it anew each
    /// time, so that a client saved twice in a row stays frozen, and so does the Xen profile.
    /// </summary>
    public void BeginSave(uint client, bool isLive)
    {
        lock (Control)
        {
            ClientFlags flags = Client(client).Flags;
            ClientFlags wasFrozen = !_isXen && (flags & ClientFlags.Saving) != 0
                ? flags & ClientFlags.WasFrozen
                : (flags & ClientFlags.Frozen) != 0 ? ClientFlags.WasFrozen : 0;
            SetFlags(
                client,
                ClientFlags.Saving | ClientFlags.Frozen | wasFrozen | (isLive ? ClientFlags.Migrating : 0),
                ClientFlags.Saving | ClientFlags.Frozen | ClientFlags.WasFrozen | ClientFlags.Migrating);
            RestartSaving(client);
        }
    }

    /// <summary>Ends a save: the client is frozen if it was before, and the log of changes is forgotten.</summary>
    public void EndSave(uint client)
    {
        lock (Control)
        {
            RequireLive();
            bool wasFrozen = (Client(client).Flags & ClientFlags.WasFrozen) != 0;

            // With every shard's lock held nobody is between finding the client migrating and noting a change.
            EnterAllShards();
            try
            {
                SetFlags(
                    client,
                    wasFrozen ? ClientFlags.Frozen : 0,
                    ClientFlags.Saving | ClientFlags.Frozen | ClientFlags.Migrating);
                _changeLog.Clear(ref Client(client).Changes);
            }
            finally
            {
                ExitAllShards();
            }
            RestartSaving(client);
        }
    }

    /// <summary>Bytes that could be given back: free memory held, and ephemeral pages.</summary>
    public long FreeableBytes()
    {
        return _isXen
            ? (Volatile.Read(ref _cachedFree) + Volatile.Read(ref _ephemeral.Now)) * ArenaLayout.PageBytes
            : (_frames.FreeCount * ArenaLayout.PageBytes) + SumOverShards(static shard => (long)shard.Record.EphemeralBytes);
    }

    /// <summary>Evicts until <paramref name="frames"/> frames are free, then gives free frames back to the system.</summary>
    /// <returns>How many frames were given back: in the Xen profile all that were free, as the original did.</returns>
    public long GiveBack(long frames)
    {
        long evictions = 0;
        long given = _isXen ? GiveBackAll(frames, out evictions) : Shed(frames, EvictionReason.GiveBack, out evictions);
        _giveBacks++;
        _framesGivenBack += given;
        _mostEvictionsPerGiveBack = Math.Max(_mostEvictionsPerGiveBack, evictions);
        return given;
    }

    private long GiveBackAll(long frames, out long evictions)
    {
        evictions = 0;

        // Others may take what is freed meanwhile: as many evictions as frames are wanted, and no more.
        while (evictions < frames
            && FreeCachedFrames() < frames
            && TryEvict(IVictimPolicy.Everyone, FrameUse.Release, EvictionReason.GiveBack, out _))
        {
            evictions++;
        }

        _frames.Shed(int.MaxValue);
        return Interlocked.Exchange(ref _cachedFree, 0);
    }

    /// <summary>
    /// Gives frames back to the system: free ones, then those of sparse spans, then those of the oldest pages. Each goes at once:
    /// others cannot take it meanwhile, so that the work has an end.
    /// </summary>
    /// <returns>How many.</returns>
    private long Shed(long frames, EvictionReason reason, out long evictions)
    {
        long shed = 0;
        evictions = 0;
        while (shed < frames)
        {
            int free = _frames.Shed((int)Math.Min(frames - shed, int.MaxValue));
            shed += free;
            if (free != 0 || TryCompact())
            {
                continue;
            }

            if (!TryEvict(IVictimPolicy.Everyone, FrameUse.Shed, reason, out uint frame))
            {
                break;
            }

            evictions++;
            shed += frame == FrameAllocator.None ? 0 : 1;
        }

        return shed;
    }

    /// <summary>Moves the limit. Lowering it evicts ephemeral pages and gives memory back before the method returns.</summary>
    /// <exception cref="InsufficientMemoryException">What may not be dropped does not fit; the limit is unchanged.</exception>
    public void SetCapacity(long capacityBytes)
    {
        lock (Control)
        {
            RequireLive();
            long previous = _budget.LimitBytes;
            long kept = UndroppableBytes();
            if (kept > capacityBytes && capacityBytes < previous)
            {
                throw DoesNotFit(capacityBytes, kept);
            }

            _budget.LimitBytes = capacityBytes;
            if (!TryFitBudget())
            {
                kept = _budget.CommittedBytes;
                _budget.LimitBytes = previous;
                throw DoesNotFit(capacityBytes, kept);
            }
        }
    }

    private long FreeCachedFrames() => _isXen ? Volatile.Read(ref _cachedFree) : _frames.FreeCount;

    /// <summary>
    /// What stays whatever happens: the memory of persistent pages and the tables that are never shortened. As long as
    /// reservations are kept, all that is promised to persistent pages, with the share that belongs to nobody.
    /// </summary>
    private long UndroppableBytes()
    {
        long bytes = SumOverShards(static shard => (long)shard.Record.PersistentBytes);
        long promised = Volatile.Read(ref _persistentCommitted);
        long promisedWithShare = _reserved == 0 ? 0 : promised + (promised / (TableShare - 1));
        return Math.Max(promisedWithShare, bytes + FixedTableBytes() - _packed.TableBytes);
    }

    private bool TryFitBudget()
    {
        TrimAll();
        while (true)
        {
            long excess = _budget.CommittedBytes - _budget.LimitBytes;
            if (excess <= 0)
            {
                return true;
            }

            if (Shed((excess + ArenaLayout.PageBytes - 1) / ArenaLayout.PageBytes, EvictionReason.Capacity, out _) == 0)
            {
                // The pages that went have left records behind, free now.
                TrimAll();
                return _budget.CommittedBytes <= _budget.LimitBytes;
            }
        }
    }

    private void TrimAll()
    {
        foreach (Shard shard in _shards)
        {
            shard.Lock.Enter();
            shard.Trim();
            shard.Lock.Exit();
        }

        _cellPages.Trim();
    }

    private static InsufficientMemoryException DoesNotFit(long capacityBytes, long kept) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The capacity cannot be {capacityBytes:N0} bytes: {kept:N0} bytes are held by persistent pages, reservations and tables that are never dropped."));

    private long SumOverShards(Func<Shard, long> count)
    {
        long sum = 0;
        foreach (Shard shard in _shards)
        {
            shard.Lock.Enter();
            sum += count(shard);
            shard.Lock.Exit();
        }

        return sum;
    }

    private void SetFlags(uint client, ClientFlags flags, ClientFlags mask)
    {
        lock (Control)
        {
            RequireLive();
            ref ClientRecord record = ref Client(client);
            record.Flags = (record.Flags & ~mask) | flags;
            RefreshOwnerState(client);
            UpdatePackings(client);
        }
    }

    private bool IsFrozen(uint client) =>
        (Client(client).Flags & ClientFlags.Frozen) != 0 || Client(client).FreezeHolds != 0;

    /// <summary>Tells the pools of a client what its state means for them; under the control lock.</summary>
    private void RefreshOwnerState(uint client)
    {
        foreach (uint pool in Client(client).Pools)
        {
            if (pool != 0 && Pool(pool - 1).Owner == client)
            {
                Pool(pool - 1).OwnerState = OwnerStateOf(client);
            }
        }
    }
}
