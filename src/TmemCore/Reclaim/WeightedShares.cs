using TmemCore.Memory;

namespace TmemCore.Reclaim;

/// <summary>
/// What each client's ephemeral pages take, in proportion to its weight: when memory is short, the client that takes most for its weight
/// pays. Who takes no more than its share of the host therefore never pays for the others, and what some leave
/// unused is shared by the rest.
/// </summary>
/// <remarks>
/// A heap, its top the client that pays next. Whoever counts bytes does so in portions, so that the lock here is taken once for many
/// pages. A client of weight 0 has no share: whatever it holds goes before anything of others. As long as all have that weight, nobody
/// is preferred and age alone decides. Its lock is taken last, below any shard's. Thread-safe.
/// </remarks>
internal sealed class WeightedShares : IVictimPolicy
{
    private const uint Absent = uint.MaxValue;

    /// <summary>Puts every client without a share above all those with one; far above what 2^44 bytes give for a weight of 1.</summary>
    private const double WithoutShare = 1e30;

    private readonly Lock _lock = new();
    private Client[] _clients = [];
    private uint[] _heap = [];
    private uint _count;
    private uint _weighted;
    private uint _heaviest = IVictimPolicy.Everyone;

    private struct Client
    {
        public long Bytes;

        /// <summary>The most that it may hold.</summary>
        public long LimitBytes;
        public uint Weight;

        /// <summary>Its place in the heap; <see cref="Absent"/> for one that holds nothing.</summary>
        public uint Place;
    }

    /// <summary>The client that pays next; <see cref="IVictimPolicy.Everyone"/> when fewer than two hold pages or none has a weight.</summary>
    public uint Heaviest => Volatile.Read(ref _heaviest);

    /// <inheritdoc/>
    public uint ChooseClient(uint callingClient) => Heaviest;

    /// <summary>Bytes that were counted for a client.</summary>
    public long BytesOf(uint client)
    {
        lock (_lock)
        {
            return client < _clients.Length ? _clients[client].Bytes : 0;
        }
    }

    /// <summary>Gives a client, whether it has come just now or not, a weight.</summary>
    public void SetWeight(uint client, uint weight)
    {
        lock (_lock)
        {
            Reach(client);
            ref Client changed = ref _clients[client];
            _weighted += (weight == 0 ? 0u : 1u) - (changed.Weight == 0 ? 0u : 1u);
            changed.Weight = weight;
            if (changed.Place != Absent)
            {
                Sift(changed.Place);
            }

            Choose();
        }
    }

    /// <summary>Sets what a client may hold; what it holds beyond that stays counted.</summary>
    public void SetLimit(uint client, long limitBytes)
    {
        lock (_lock)
        {
            Reach(client);
            _clients[client].LimitBytes = limitBytes;
        }
    }

    /// <summary>Whether so many bytes more would be above what a client may hold.</summary>
    public bool IsAboveLimit(uint client, long moreBytes = 0)
    {
        lock (_lock)
        {
            return client < _clients.Length && _clients[client].Bytes + moreBytes > _clients[client].LimitBytes;
        }
    }

    /// <summary>A client has gone; it holds nothing any more, and its number may be another's.</summary>
    public void Remove(uint client)
    {
        Add(client, -BytesOf(client));
        SetWeight(client, 0);
        SetLimit(client, long.MaxValue);
    }

    /// <summary>Counts bytes that a client's pages take or, negative, took.</summary>
    public void Add(uint client, long bytes)
    {
        lock (_lock)
        {
            Reach(client);
            Count(client, bytes);
        }
    }

    /// <summary>As <see cref="Add"/>, unless the client would hold more than it may then; what gets less is always counted.</summary>
    public bool TryAdd(uint client, long bytes)
    {
        lock (_lock)
        {
            Reach(client);
            bool fits = bytes <= 0 || _clients[client].Bytes + bytes <= _clients[client].LimitBytes;
            if (fits)
            {
                Count(client, bytes);
            }

            return fits;
        }
    }

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        state.Pass(ref _clients);
        state.Pass(ref _heap);
        state.Pass(ref _count);
        state.Pass(ref _weighted);
        state.Pass(ref _heaviest);
    }

    private void Count(uint client, long bytes)
    {
        ref Client changed = ref _clients[client];
        changed.Bytes += bytes;
        if (changed.Bytes <= 0 && changed.Place != Absent)
        {
            Leave(ref changed);
        }
        else if (changed.Bytes > 0 && changed.Place == Absent)
        {
            changed.Place = _count;
            _heap[_count++] = client;
        }

        if (changed.Place != Absent)
        {
            Sift(changed.Place);
        }

        Choose();
    }

    private void Choose() => Volatile.Write(ref _heaviest, _count < 2 || _weighted == 0 ? IVictimPolicy.Everyone : _heap[0]);

    private void Reach(uint client)
    {
        int reached = _clients.Length;
        if (client < reached)
        {
            return;
        }

        int wanted = Math.Max((int)client + 1, reached * 2);
        Array.Resize(ref _clients, wanted);
        Array.Resize(ref _heap, wanted);
        for (int i = reached; i < wanted; i++)
        {
            _clients[i].Place = Absent;
            _clients[i].LimitBytes = long.MaxValue;
        }
    }

    private void Leave(ref Client gone)
    {
        uint place = gone.Place;
        gone.Place = Absent;
        uint last = _heap[--_count];
        if (place != _count)
        {
            Set(place, last);
            Sift(place);
        }
    }

    private void Sift(uint place)
    {
        while (place > 0 && Load(place) > Load((place - 1) / 2))
        {
            Swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }

        for (uint child = (place * 2) + 1; child < _count; child = (place * 2) + 1)
        {
            child += child + 1 < _count && Load(child + 1) > Load(child) ? 1u : 0;
            if (Load(child) <= Load(place))
            {
                return;
            }

            Swap(place, child);
            place = child;
        }
    }

    private double Load(uint place)
    {
        ref Client client = ref _clients[_heap[place]];
        return client.Weight == 0 ? WithoutShare * client.Bytes : (double)client.Bytes / client.Weight;
    }

    private void Swap(uint left, uint right)
    {
        uint client = _heap[left];
        Set(left, _heap[right]);
        Set(right, client);
    }

    private void Set(uint place, uint client)
    {
        _heap[place] = client;
        _clients[client].Place = place;
    }
}
