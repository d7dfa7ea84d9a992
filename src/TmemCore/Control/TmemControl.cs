using TmemCore.Memory;
using TmemCore.Statistics;
using TmemCore.Store;

namespace TmemCore.Control;

/// <summary>
/// What an operator may do to a host and its clients. There is no check of who calls: hand it to trusted code only.
/// Thread-safe.
/// </summary>
public sealed partial class TmemControl
{
    private readonly TmemHost _host;

    internal TmemControl(TmemHost host) => _host = host;

    private PageStore Store => _host.Store;

    /// <summary>Bytes that <see cref="GiveBack"/> could free: memory held and unused, and ephemeral pages.</summary>
    public long FreeableBytes
    {
        get
        {
            lock (Store.Control)
            {
                Store.RequireLive();
                return Store.FreeableBytes();
            }
        }
    }

    /// <summary>
    /// Says where a client runs that was handed over to another host when the connection was lost, see <see cref="Migration.MigrationOutcome.InDoubt"/>: whoever
    /// says so has looked at the other side. Two sides that are both told to run it would run two clients.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="isHere">
    /// Whether it runs here: it goes on where it stood, without the pages that it has put over or flushed since. Otherwise it runs at the target, and is
    /// disposed here.
    /// </param>
    /// <exception cref="InvalidOperationException">The client is not in doubt.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <example><code>host.Control.Settle(client, isHere: false);</code></example>
    public void Settle(TmemClient client, bool isHere)
    {
        Change(client, slots =>
        {
            if (!slots.IsClosed || slots.IsElsewhere)
            {
                throw new InvalidOperationException($"Where client {client.Name} runs is not in doubt.");
            }

            // From here on nobody else can say the opposite, though the client goes only behind the lock.
            slots.IsElsewhere = !isHere;
            if (isHere)
            {
                Store.Resume(slots);
            }
        });
        if (!isHere)
        {
            client.Dispose();
        }
    }

    /// <summary>
    /// Sets a client's weight, see <see cref="TmemClientOptions.Weight"/>. It acts from the next page on that has to go; nothing is given up at once.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="weight">The weight, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative weight.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <example><code>host.Control.SetWeight(search, 300);</code></example>
    public void SetWeight(TmemClient client, int weight)
    {
        if (weight < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(weight), weight, $"weight is {weight}; it may be 0 or more.");
        }

        Change(client, slots => Store.SetWeight(slots.Number, (uint)weight));
    }

    /// <summary>
    /// Sets the most that a client's ephemeral pages may take, see <see cref="TmemClientOptions.EphemeralCapBytes"/>. When they take more, the oldest
    /// of them go before the method returns, a page at a time; others may call meanwhile.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <param name="capBytes">The cap in bytes; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative number of bytes.</exception>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <example><code>host.Control.SetCap(reports, 256L &lt;&lt; 20);</code></example>
    public void SetCap(TmemClient client, long capBytes)
    {
        if (capBytes < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(capBytes), capBytes, $"capBytes is {capBytes:N0}; it may be 0, for no cap, or more.");
        }

        Change(client, slots => Store.SetCap(slots.Number, capBytes));
    }

    /// <summary>Switches the making smaller of a client's new pages on or off, by the codec that it has or the host's.</summary>
    /// <param name="client">The client.</param>
    /// <param name="isOn">Whether new pages are made smaller.</param>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <example><code>host.Control.SetCompression(client, isOn: true);</code></example>
    public void SetCompression(TmemClient client, bool isOn) => Change(client, slots => Store.SetCompress(slots.Number, isOn));

    /// <summary>Lets a client share the pool of a uuid. Granting twice is granting once; a client has 16 grants at most.</summary>
    /// <param name="client">The client.</param>
    /// <param name="uuid">The pool's name.</param>
    /// <returns>False when the client's grants are used up.</returns>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public bool TryGrantSharing(TmemClient client, PoolUuid uuid)
    {
        bool isGranted = false;
        Change(client, slots => isGranted = Store.TryAuthorize(slots, uuid));
        return isGranted;
    }

    /// <summary>Takes a grant back; a pool already joined stays joined.</summary>
    /// <param name="client">The client.</param>
    /// <param name="uuid">The pool's name.</param>
    /// <returns>Whether there was such a grant.</returns>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public bool RevokeSharing(TmemClient client, PoolUuid uuid)
    {
        bool wasGranted = false;
        Change(client, slots => wasGranted = Store.Revoke(slots, uuid));
        return wasGranted;
    }

    /// <summary>Lets every client share any pool whose uuid it knows, or ends that; pools already joined stay joined.</summary>
    /// <param name="isGranted">Whether everybody may.</param>
    public void GrantSharingToAll(bool isGranted) => Store.AuthorizeEveryone(isGranted);

    /// <summary>
    /// Evicts ephemeral pages, oldest first, until so much memory is free, and gives it back to the system. The limit stays:
    /// later puts may take memory again.
    /// </summary>
    /// <param name="bytes">Bytes wanted, rounded up to pages.</param>
    /// <returns>Bytes given back; fewer when there are no more ephemeral pages.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative number of bytes.</exception>
    public long GiveBack(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        lock (Store.Control)
        {
            Store.RequireLive();
            long frames = (bytes / ArenaLayout.PageBytes) + (bytes % ArenaLayout.PageBytes == 0 ? 0 : 1);
            return Store.GiveBack(frames) * ArenaLayout.PageBytes;
        }
    }

    /// <summary>All statistics as the text of the original's list command, one line per host, shared pool, client and pool.</summary>
    /// <param name="isLong">Whether to give every counter.</param>
    /// <returns>Lines that end with a line feed.</returns>
    public string List(bool isLong)
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            return new TmemListWriter(Store, isLong).WriteAll();
        }
    }

    /// <summary>One client's statistics as the text of the original's list command.</summary>
    /// <param name="client">The client.</param>
    /// <param name="isLong">Whether to give every counter.</param>
    /// <returns>The client's line and one for each of its pools, each ending with a line feed.</returns>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public string List(TmemClient client, bool isLong)
    {
        string text = "";
        Change(client, slots => text = new TmemListWriter(Store, isLong).WriteClient(slots.Number));
        return text;
    }

    private void Change(TmemClient client, Action<ClientSlots> change)
    {
        RequireOwn(client);
        lock (Store.Control)
        {
            Store.RequireLive();
            ObjectDisposedException.ThrowIf(client.Slots.IsGone, client);
            change(client.Slots);
        }
    }

    private void RequireOwn(TmemClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        if (client.Host != _host)
        {
            throw new ArgumentException($"Client {client.Name} belongs to another host.", nameof(client));
        }
    }
}
