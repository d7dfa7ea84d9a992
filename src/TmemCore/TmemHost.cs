using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using TmemCore.Control;
using TmemCore.Memory;
using TmemCore.Statistics;
using TmemCore.Store;

namespace TmemCore;

/// <summary>
/// A store of pages in memory that nobody else needs: clients make pools in it and copy pages in and out. Everything is
/// outside the garbage collector's heap, and inside <see cref="TmemHostOptions.CapacityBytes"/>.
/// </summary>
/// <remarks>
/// Any thread may call anything at any time. Operations on one handle (pool, object, index) are linearizable: each takes
/// effect at one moment between its call and its return. Disposing the host ends all its clients and gives the memory back;
/// it waits for calls in flight, and calls that come later throw <see cref="ObjectDisposedException"/>.
/// </remarks>
public sealed class TmemHost : IDisposable
{
    // Looked up by every hypercall, without a lock; changed under the control lock.
    private readonly ConcurrentDictionary<int, TmemClient> _clients = new();
    private readonly HashSet<int> _arriving = [];
    private int _lowestFreeId;

    /// <summary>Makes a host; its memory is reserved now and taken from the system as it fills.</summary>
    /// <param name="options">What it is made of; the defaults when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message says what would be right.</exception>
    /// <exception cref="InsufficientMemoryException">The machine or its control group cannot hold the capacity.</exception>
    /// <exception cref="PlatformNotSupportedException">The system has no memory files, or cannot lock memory and give it back.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused to lock or protect the memory; the message says which limit to raise.</exception>
    public TmemHost(TmemHostOptions? options = null)
    {
        Options = options ?? new TmemHostOptions();
        Options.Validate();
        Store = new PageStore(Options, Options.EffectiveShards, Options.EffectiveSharedPools);
        Control = new TmemControl(this);
        HostRegistry.Add(this);
    }

    /// <summary>Takes a host over; nobody knows it before <see cref="BeginServing"/>.</summary>
    internal TmemHost(TmemHostOptions options, int shards, PageStore.Predecessor predecessor)
    {
        Options = options;
        Store = new PageStore(options, shards, options.EffectiveSharedPools, predecessor);
        Control = new TmemControl(this);
    }

    /// <summary>The options that the host was made with.</summary>
    public TmemHostOptions Options { get; }

    /// <summary>What an operator may do: freeze, thaw, give memory back, grant, list. For trusted callers only.</summary>
    public TmemControl Control { get; }

    /// <summary>The limit that the host was given, in bytes.</summary>
    public long CapacityBytes => Store.CapacityBytes;

    /// <summary>
    /// What the host may hold just now, in bytes: <see cref="CapacityBytes"/>, or with <see cref="TmemHostOptions.Governor"/> what lies fallow of
    /// it. <see cref="HostStatistics.Memory"/> says why.
    /// </summary>
    public long TargetBytes => Store.Budget.LimitBytes;

    /// <summary>Memory held now, data and metadata, in use and free, in bytes; never more than <see cref="CapacityBytes"/>.</summary>
    public long CommittedBytes => Store.Budget.CommittedBytes;

    /// <summary>How the pages of clients that compress are made smaller, where neither client nor pool says otherwise.</summary>
    public PageCompression Compression => Store.Compression;

    internal PageStore Store { get; }

    /// <summary>Adds a client.</summary>
    /// <param name="options">What it may have; the defaults when null.</param>
    /// <returns>The client; disposing it is its death, and frees all it had.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, or the id is taken.</exception>
    /// <exception cref="InvalidOperationException">The host has as many clients as it may.</exception>
    /// <exception cref="InsufficientMemoryException">No memory for the client's records, or for its reservation.</exception>
    public TmemClient CreateClient(TmemClientOptions? options = null)
    {
        options ??= new TmemClientOptions();
        lock (Store.Control)
        {
            return Publish(AddClient(options), options.Name);
        }
    }

    /// <summary>Finds a living client by its id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="client">The client, or null.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetClient(int id, [NotNullWhen(true)] out TmemClient? client) => _clients.TryGetValue(id, out client);

    /// <summary>
    /// Moves the limit. Lowering it evicts ephemeral pages, oldest first, and gives memory back to the system before the
    /// method returns; persistent pages are never dropped. With a governor it is the target's bound: what is above the target is
    /// taken when the governor finds that it lies fallow.
    /// </summary>
    /// <param name="capacityBytes">The new limit in bytes, at most the larger of the options' two capacities.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is out of its range.</exception>
    /// <exception cref="InsufficientMemoryException">
    /// What may not be dropped does not fit, or the machine has less: the limit stays as it was. Ephemeral pages may have
    /// been dropped by then, when it was tables that did not fit.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public void SetCapacity(long capacityBytes)
    {
        if (capacityBytes < TmemHostOptions.MinimumCapacityBytes || capacityBytes > Options.ReachBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacityBytes),
                capacityBytes,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"capacityBytes is {capacityBytes:N0}; it may be {TmemHostOptions.MinimumCapacityBytes:N0} to {Options.ReachBytes:N0}, the larger of the capacities that the host was made with."));
        }

        TmemHostOptions.RequireMachine(capacityBytes);
        Store.SetCapacity(capacityBytes);
    }

    /// <summary>Changes <see cref="Compression"/> for later puts; what is stored stays as it is, and readable.</summary>
    /// <param name="compression">How pages are made smaller from now on.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not a value of its enumeration.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>host.SetCompression(PageCompression.Zstandard);</code></example>
    public void SetCompression(PageCompression compression)
    {
        TmemHostOptions.RequireCompression(compression);
        Store.SetCompression(compression);
    }

    /// <summary>The host's totals; each shard is read at a moment of its own.</summary>
    /// <returns>A snapshot.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public HostStatistics GetStatistics()
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            return Store.HostStatistics();
        }
    }

    /// <summary>
    /// Halts the host so that another process can take it over, which maps the same memory file: no page is copied. Whoever calls meanwhile
    /// waits. What the host had goes on there with <see cref="HostSuccessor"/> once <see cref="HostHandover.Complete"/> is called, and here otherwise.
    /// </summary>
    /// <returns>What the successor needs; disposing it lets the host go on.</returns>
    /// <exception cref="InvalidOperationException">
    /// The host's <see cref="TmemHostOptions.Backing"/> is no memory file, or a client is being saved, moved, restored or removed just now.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>
    /// using HostHandover handover = host.BeginHandover();
    /// Send(handover.Memory, handover.State);      // a descriptor and some bytes, over a Unix socket
    /// if (SuccessorIsReady())
    /// {
    ///     handover.Complete();
    /// }
    /// </code></example>
    public HostHandover BeginHandover() => new(this);

    /// <summary>Walks every structure of the store and reports each invariant that does not hold. Everything waits meanwhile.</summary>
    /// <returns>What is wrong, in words; empty when all is well.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public IReadOnlyList<string> Verify() => Store.Verify();

    /// <summary>Ends all clients and gives all memory back to the system.</summary>
    public void Dispose()
    {
        HostRegistry.Remove(this);
        Store.Dispose();
    }

    /// <summary>Clients that have not been forgotten; those that are going are still among them.</summary>
    internal IEnumerable<TmemClient> KnownClients => _clients.Values;

    /// <summary>Why the host cannot be handed over just now, or null; the control lock is held.</summary>
    internal string? FindObstacle()
    {
        if (_arriving.Count != 0)
        {
            return $"Client {_arriving.First()} is arriving.";
        }

        foreach (TmemClient client in _clients.Values)
        {
            string? what = client.Slots switch
            {
                { IsGone: true } or { PoolsLeaving: > 0 } => "is being emptied",
                { Tracking: not null } or { IsPaused: true } => "is being saved or moved",
                { IsClosed: true } => "may run elsewhere, which is to be settled first",
                _ => null,
            };
            if (what is not null)
            {
                return $"Client {client.Name} {what}.";
            }
        }

        return null;
    }

    /// <summary>Passes on the clients' names; the control lock is held, or nobody knows the host yet.</summary>
    internal void PassOnClients(StateTransfer state)
    {
        var known = new List<TmemClient>(_clients.Values);
        int count = known.Count;
        state.Pass(ref count);
        for (int i = 0; i < count; i++)
        {
            uint number = i < known.Count ? known[i].Slots.Number : 0;
            string name = i < known.Count ? known[i].Name : "";
            state.Pass(ref number);
            state.Pass(ref name);
            if (i >= known.Count)
            {
                Publish(Store.FindClient(number), name);
            }
        }
    }

    /// <summary>Begins to serve what was taken over.</summary>
    internal void BeginServing()
    {
        Store.BeginServing();
        HostRegistry.Add(this);
    }

    internal void Forget(TmemClient client)
    {
        lock (Store.Control)
        {
            if (_clients.TryRemove(KeyValuePair.Create(client.Id, client)))
            {
                _lowestFreeId = Math.Min(_lowestFreeId, client.Id);
            }
        }
    }

    /// <summary>Adds a client that nobody but the caller can reach yet: its id is taken, and it is not found.</summary>
    internal ClientSlots BeginArrival(TmemClientOptions options)
    {
        lock (Store.Control)
        {
            ClientSlots slots = AddClient(options);
            _arriving.Add(slots.Id);
            return slots;
        }
    }

    /// <summary>Lets everybody reach a client that has arrived.</summary>
    internal TmemClient EndArrival(ClientSlots slots, string? name)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            _arriving.Remove(slots.Id);
            return Publish(slots, name);
        }
    }

    /// <summary>Removes a client that nobody could reach.</summary>
    internal void AbandonArrival(ClientSlots slots) => Store.RemoveClient(slots, () =>
    {
        _arriving.Remove(slots.Id);
        _lowestFreeId = Math.Min(_lowestFreeId, slots.Id);
    });

    /// <summary>Whether a client of that id is arriving; the control lock is held.</summary>
    internal bool IsArriving(int id) => _arriving.Contains(id);

    private ClientSlots AddClient(TmemClientOptions options)
    {
        options.Validate();
        int id = options.Id ?? LowestFreeId();
        if (_clients.ContainsKey(id) || _arriving.Contains(id))
        {
            throw new ArgumentException($"A client with {nameof(TmemClientOptions.Id)} {id} lives already; choose another, or none.", nameof(options));
        }

        PageStore.ClientRefusal refusal = Store.TryAddClient(id, options, out ClientSlots? slots);
        return refusal == PageStore.ClientRefusal.None ? slots! : throw RefusalOf(refusal, options);
    }

    private TmemClient Publish(ClientSlots slots, string? name)
    {
        var client = new TmemClient(this, slots, name ?? slots.Id.ToString(CultureInfo.InvariantCulture));
        _clients[slots.Id] = client;
        return client;
    }

    private int LowestFreeId()
    {
        while (_clients.ContainsKey(_lowestFreeId) || _arriving.Contains(_lowestFreeId))
        {
            _lowestFreeId++;
        }

        return _lowestFreeId;
    }

    private Exception RefusalOf(PageStore.ClientRefusal refusal, TmemClientOptions options) => refusal switch
    {
        PageStore.ClientRefusal.TooMany => new InvalidOperationException(
            $"The host has all of its {Options.MaxClients} clients ({nameof(TmemHostOptions.MaxClients)})."),
        PageStore.ClientRefusal.ReservationTooLarge => new InsufficientMemoryException(string.Create(
            CultureInfo.InvariantCulture,
            $"{nameof(TmemClientOptions.PersistentReservationBytes)} is {options.PersistentReservationBytes:N0}; {Store.UnreservedBytes:N0} bytes can still be promised.")),
        _ => new InsufficientMemoryException(string.Create(
            CultureInfo.InvariantCulture,
            $"The capacity of {CapacityBytes:N0} bytes has no room for another client's records.")),
    };
}
