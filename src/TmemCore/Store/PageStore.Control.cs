namespace TmemCore.Store;

/// <summary>Settings of clients and the states of a save. All of it under the control lock.</summary>
internal sealed partial class PageStore
{
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

    private long FreeCachedFrames() => _isXen ? Volatile.Read(ref _cachedFree) : _frames.FreeCount;

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
