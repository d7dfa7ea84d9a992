using System.Diagnostics.CodeAnalysis;
using TmemCore.Abi;
using TmemCore.Store;

namespace TmemCore.Dispatch;

/// <summary>The control operations of Xen 4.8 to 4.12 that exchange records; for privileged callers.</summary>
public sealed partial class TmemDispatcher
{
    private const uint ClientRecordVersion = 1;

    /// <summary>GET_CLIENT_INFO: the state of a client; an unknown one has the limits of any.</summary>
    internal XenTmemClient GetClientInfo(int client)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            var info = new XenTmemClient { Version = ClientRecordVersion, MaxPools = ClientRecord.PoolSlots };
            if (!TryFind(client, out TmemClient? found))
            {
                return info;
            }

            ref ClientRecord record = ref Store.Client(found.Slots.Number);
            return info with
            {
                PoolCount = (uint)CountPools(found),
                Weight = record.Weight,
                Flags = ((record.Flags & ClientFlags.Frozen) != 0 ? TmemClientFlags.Frozen : 0)
                    | ((record.Flags & ClientFlags.Compress) != 0 ? TmemClientFlags.Compress : 0)
                    | ((record.Flags & ClientFlags.Migrating) != 0 ? TmemClientFlags.Migrating : 0),
            };
        }
    }

    /// <summary>Whether SET_CLIENT_INFO would find anybody.</summary>
    internal bool HasClient(int client)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            int clients = 0;
            if (client == AllClients)
            {
                Store.VisitClients(_ => clients++);
            }

            return clients > 0 || TryFind(client, out _);
        }
    }

    /// <summary>SET_CLIENT_INFO: weight and compression; the rest of the record is not for setting.</summary>
    internal long SetClientInfo(int client, in XenTmemClient info)
    {
        if (info.Version != ClientRecordVersion)
        {
            return TmemError.NotSupported;
        }

        if (info.MaxPools > ClientRecord.PoolSlots)
        {
            return TmemError.OutOfRange;
        }

        uint weight = info.Weight;
        bool compresses = (info.Flags & TmemClientFlags.Compress) != 0;
        lock (Store.Control)
        {
            Store.RequireLive();
            return HasClient(client)
                ? ForEach(client, slots =>
                {
                    Store.SetWeight(slots.Number, weight);
                    Store.SetCompress(slots.Number, compresses);
                })
                : TmemError.NoEntry;
        }
    }

    /// <summary>GET_POOLS: a client's pools in the order of their ids, as many as there is room for.</summary>
    /// <returns>How many, or a negative error.</returns>
    internal long GetPools(int client, Span<XenTmemPoolInfo> pools)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            if (!TryFind(client, out TmemClient? found))
            {
                return TmemError.Invalid;
            }

            int count = 0;
            for (int slot = 0; slot < ClientRecord.PoolSlots && count < pools.Length; slot++)
            {
                if (TryFind(found, slot, out PoolHandle handle))
                {
                    ref PoolRecord record = ref Store.Pool(handle.Pool);
                    pools[count++] = new XenTmemPoolInfo
                    {
                        Flags = (TmemPoolFlags)FlagsOf(record),
                        Id = (uint)slot,
                        PageCount = (ulong)Store.PagesOf(handle),
                        Uuid = new PoolUuid(record.UuidLow, record.UuidHigh),
                    };
                }
            }

            return count;
        }
    }

    /// <summary>SET_POOLS: makes empty pools with given ids. When one is refused, those before it go again.</summary>
    /// <param name="client">The client; it comes into being if its domain exists.</param>
    /// <param name="pools">What the pools shall be; takes the ids.</param>
    /// <returns>The last id if it is not 0, otherwise how many; or a negative error.</returns>
    internal long SetPools(int client, Span<XenTmemPoolInfo> pools)
    {
        foreach (ref readonly XenTmemPoolInfo pool in pools)
        {
            if (pool.PageCount != 0)
            {
                return TmemError.Invalid;
            }
        }

        lock (Store.Control)
        {
            Store.RequireLive();
            if (!TryFindOrCreate(client, out TmemClient? found))
            {
                return TmemError.NoMemory;
            }

            if (found.Slots.IsPaused)
            {
                return TmemError.NotPermitted;
            }

            long answer = 0;
            for (int i = 0; i < pools.Length; i++)
            {
                answer = pools[i].Id < ClientRecord.PoolSlots
                    ? AddPool(found, pools[i].Uuid, (uint)pools[i].Flags, (int)pools[i].Id)
                    : TmemError.NotPermitted;
                if (answer < 0)
                {
                    Leave(found, pools[..i]);
                    return answer;
                }

                pools[i] = pools[i] with { Id = (uint)answer };
            }

            return answer != 0 ? answer : pools.Length;
        }
    }

    /// <summary>SET_AUTH: grants or revokes the sharing of uuids. When one finds no room, all stay as they were.</summary>
    /// <param name="client">The client; it comes into being if its domain exists.</param>
    /// <param name="pools">The uuids, each with its flag.</param>
    /// <returns>1 if the last did something, otherwise how many; or a negative error.</returns>
    internal long SetAuthorizations(int client, ReadOnlySpan<XenTmemPoolInfo> pools)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            if (!TryFindOrCreate(client, out TmemClient? found))
            {
                return TmemError.NoMemory;
            }

            ref ClientRecord record = ref Store.Client(found.Slots.Number);
            ClientRecord.UuidArray uuids = record.Authorizations;
            uint used = record.AuthorizationsUsed;
            bool isDone = false;
            foreach (ref readonly XenTmemPoolInfo pool in pools)
            {
                bool isGrant = (pool.Flags & TmemPoolFlags.Authorize) != 0;
                isDone = isGrant ? Store.TryAuthorize(found.Slots, pool.Uuid) : Store.Revoke(found.Slots, pool.Uuid);
                if (isGrant && !isDone)
                {
                    record.Authorizations = uuids;
                    record.AuthorizationsUsed = used;
                    return TmemError.NoMemory;
                }
            }

            return isDone ? 1 : pools.Length;
        }
    }

    private static int CountPools(TmemClient client)
    {
        int count = 0;
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            count += client.Slots.TokenOf(slot) != 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>A living client, or one made for a domain that exists.</summary>
    private bool TryFindOrCreate(int client, [NotNullWhen(true)] out TmemClient? found)
    {
        if (!TryFind(client, out found) && _domains.Contains(client) && !_host.TryGetClient(client, out _))
        {
            found = TryCreate(client);
        }

        return found is not null && !found.Slots.IsGone;
    }

    private void Leave(TmemClient client, ReadOnlySpan<XenTmemPoolInfo> pools)
    {
        foreach (ref readonly XenTmemPoolInfo pool in pools)
        {
            if (TryFind(client, (int)pool.Id, out PoolHandle handle))
            {
                Store.LeavePool(handle);
            }
        }
    }
}
