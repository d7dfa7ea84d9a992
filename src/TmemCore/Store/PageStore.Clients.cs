using System.Diagnostics;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>Clients: how they come, what they may, how they go.</summary>
internal sealed partial class PageStore
{
    /// <summary>Why a client could not be added.</summary>
    public enum ClientRefusal
    {
        None,
        TooMany,
        OutOfMemory,
        ReservationTooLarge,
    }

    private readonly PagedTable _clientTable;

    private ref HostRecord Host => ref _arena.At<HostRecord>(_arena.Layout.Header);

    /// <summary>Bytes that reservations may still promise. The capacity decides, and not what a governor has made of it: the limit follows what is promised.</summary>
    public long UnreservedBytes => Math.Max(0, PersistentPart(_capacityBytes) - Volatile.Read(ref _persistentCommitted));

    /// <summary>Adds a client without pools.</summary>
    /// <param name="id">The number under which the outer world knows it; the caller keeps them distinct.</param>
    /// <param name="terms">Its allowance, reservation and settings.</param>
    /// <param name="client">The client's pools, as calls see them.</param>
    public ClientRefusal TryAddClient(int id, TmemClientOptions terms, out ClientSlots? client)
    {
        lock (Control)
        {
            RequireLive();
            client = null;
            if (terms.PersistentReservationBytes > UnreservedBytes)
            {
                return ClientRefusal.ReservationTooLarge;
            }

            uint number = Host.FreeClient;
            if (number != PoolRecord.None)
            {
                Host.FreeClient = Client(number).Next;
            }
            else if (Host.ClientsReached >= _options.MaxClients)
            {
                return ClientRefusal.TooMany;
            }
            else if (!TryReachClient(Host.ClientsReached))
            {
                return ClientRefusal.OutOfMemory;
            }
            else
            {
                number = Host.ClientsReached++;
            }

            InitializeClient(number, id, terms);
            RaiseToFloor();
            client = new ClientSlots(number, id);
            return ClientRefusal.None;
        }
    }

    private bool TryReachClient(uint number)
    {
        bool isReached = _clientTable.TryReach(number + 1);
        for (int round = 0; !isReached && round < MaximumRounds && TryMakeRoomForRecords(); round++)
        {
            isReached = _clientTable.TryReach(number + 1);
        }

        return isReached;
    }

    /// <summary>The client's death: all its pools go, then itself. A second death does nothing.</summary>
    /// <param name="client">The client.</param>
    /// <param name="forget">Called when it is gone, before anybody else may take its id; the control lock is held.</param>
    public void RemoveClient(ClientSlots client, Action forget)
    {
        bool isFirst;
        lock (Control)
        {
            isFirst = !client.IsGone;
            client.IsGone = true;
            client.Tracking?.Abandon();
        }

        if (!isFirst)
        {
            while (!Volatile.Read(ref client.IsForgotten))
            {
                // Another thread is at it; the death is done when that one is.
                Thread.Yield();
            }

            return;
        }

        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            LeavePool(client, slot, client.TokenOf(slot), isDeath: true);
        }

        while (!TryForgetClient(client, forget))
        {
            // Another thread is emptying one of the pools, which is charged to the client to the last page.
            Thread.Yield();
        }
    }

    private bool TryForgetClient(ClientSlots client, Action forget)
    {
        lock (Control)
        {
            if (client.PoolsLeaving > 0)
            {
                return false;
            }

            if (!_isDisposed)
            {
                ForgetClient(client.Number);
            }

            forget();
            Volatile.Write(ref client.IsForgotten, true);
            return true;
        }
    }

    /// <summary>Calls <paramref name="visit"/> with each client's number, in order of creation; the control lock is held.</summary>
    public void VisitClients(Action<uint> visit)
    {
        for (uint client = Host.FirstClient; client != PoolRecord.None; client = Client(client).Next)
        {
            visit(client);
        }
    }

    private void InitializeClient(uint number, int id, TmemClientOptions terms)
    {
        ref ClientRecord record = ref Client(number);
        uint generation = record.Generation + 1;
        record = new ClientRecord
        {
            Id = (uint)id,
            Generation = generation,
            Flags = ClientFlags.InUse
                | (_options.RequireSharedAuthorization ? ClientFlags.NeedsAuthorization : 0)
                | (Compresses(terms.Compression) ? ClientFlags.Compress : 0),
            Compression = CompressionSetting.Of(terms.Compression),
            Previous = Host.LastClient,
            Next = PoolRecord.None,
            AllowanceBytes = terms.PersistentAllowanceBytes,
            ReservationBytes = terms.PersistentReservationBytes,
        };
        SetWeight(number, (uint?)terms.Weight ?? _options.EffectiveWeight);
        if (terms.EphemeralCapBytes != 0)
        {
            SetCap(number, terms.EphemeralCapBytes);
        }

        _reserved += terms.PersistentReservationBytes;
        Interlocked.Add(ref _persistentCommitted, terms.PersistentReservationBytes);
        if (Host.LastClient == PoolRecord.None)
        {
            Host.FirstClient = number;
        }
        else
        {
            Client(Host.LastClient).Next = number;
        }

        Host.LastClient = number;
        Host.ClientCount++;
    }

    private void ForgetClient(uint number)
    {
        ref ClientRecord record = ref Client(number);
        Debug.Assert(record.PersistentBytes == 0, "A client without pools has nothing charged to it.");
        _changeLog.Clear(ref record.Changes);
        if (number < _trackings.Length)
        {
            _trackings[number] = null;
        }

        _shares.Remove(number);
        _ownAges.TryRemove(number, out _);
        _reserved -= record.ReservationBytes;
        Interlocked.Add(ref _persistentCommitted, -record.ReservationBytes);
        if (record.Previous == PoolRecord.None)
        {
            Host.FirstClient = record.Next;
        }
        else
        {
            Client(record.Previous).Next = record.Next;
        }

        if (record.Next == PoolRecord.None)
        {
            Host.LastClient = record.Previous;
        }
        else
        {
            Client(record.Next).Previous = record.Previous;
        }

        record = new ClientRecord { Generation = record.Generation, Next = Host.FreeClient };
        Host.FreeClient = number;
        Host.ClientCount--;
    }
}
