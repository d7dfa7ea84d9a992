namespace TmemCore.Control;

/// <summary>What an operator may do to clients, one or all.</summary>
public sealed partial class TmemControl
{
    /// <summary>The clients that live now, in order of their ids.</summary>
    /// <returns>A list of its own: clients that come later are not in it.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>foreach (TmemClient client in host.Control.GetClients()) { host.Control.SetWeight(client, 100); }</code></example>
    public IReadOnlyList<TmemClient> GetClients()
    {
        lock (Store.Control)
        {
            Store.RequireLive();
            return [.. _host.KnownClients.Where(static client => !client.Slots.IsGone).OrderBy(static client => client.Id)];
        }
    }

    /// <summary>Freezes a client: it may replace pages, get and flush them, but adds none. Shared pools follow their owner.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public void Freeze(TmemClient client) => Change(client, slots => Store.SetFrozen(slots.Number, true));

    /// <summary>Freezes all clients that live now; those that come later are not frozen.</summary>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public void FreezeAll() => ChangeAll(static (control, client) => control.Freeze(client));

    /// <summary>Ends a client's freeze. Holds (<see cref="HoldFrozen"/>) are left alone.</summary>
    /// <param name="client">The client.</param>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    public void Thaw(TmemClient client) => Change(client, slots => Store.SetFrozen(slots.Number, false));

    /// <summary>Ends the freeze of all clients. Who wants back what was before it froze all uses <see cref="HoldAllFrozen"/>.</summary>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public void ThawAll() => ChangeAll(static (control, client) => control.Thaw(client));

    /// <summary>
    /// Keeps a client frozen until the hold is disposed, whoever freezes or thaws it meanwhile: for work that must not disturb what an operator
    /// has set.
    /// </summary>
    /// <param name="client">The client.</param>
    /// <returns>The hold.</returns>
    /// <exception cref="ObjectDisposedException">The client or its host is disposed.</exception>
    /// <example><code>using (host.Control.HoldFrozen(client)) { long pages = swap.PageCount; }</code></example>
    public FreezeHold HoldFrozen(TmemClient client)
    {
        Change(client, slots => Store.HoldFrozen(slots.Number));
        return new FreezeHold(_host, [client.Slots]);
    }

    /// <summary>As <see cref="HoldFrozen"/>, of all clients that live now: nobody adds a page while memory is wanted for something else.</summary>
    /// <returns>The hold.</returns>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    /// <example><code>using (host.Control.HoldAllFrozen()) { host.Control.GiveBack(512L &lt;&lt; 20); }</code></example>
    public FreezeHold HoldAllFrozen()
    {
        lock (Store.Control)
        {
            IReadOnlyList<TmemClient> clients = GetClients();
            foreach (TmemClient client in clients)
            {
                Store.HoldFrozen(client.Slots.Number);
            }

            return new FreezeHold(_host, [.. clients.Select(static client => client.Slots)]);
        }
    }

    /// <summary>
    /// Ends a client as its own <see cref="TmemClient.Dispose"/> does: its pools and all their pages are gone, persistent ones too. The tmem ABI's
    /// operation of this name does less in every release of the original: it thaws.
    /// </summary>
    /// <param name="client">The client; one that is disposed already stays so.</param>
    /// <exception cref="ArgumentException">A client of another host.</exception>
    /// <example><code>if (host.TryGetClient(3, out TmemClient? client)) { host.Control.Destroy(client); }</code></example>
    public void Destroy(TmemClient client)
    {
        RequireOwn(client);
        client.Dispose();
    }

    private void ChangeAll(Action<TmemControl, TmemClient> change)
    {
        lock (Store.Control)
        {
            foreach (TmemClient client in GetClients())
            {
                change(this, client);
            }
        }
    }
}
