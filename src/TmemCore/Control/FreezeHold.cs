using TmemCore.Store;

namespace TmemCore.Control;

/// <summary>
/// Keeps clients frozen as long as it is not disposed, see <see cref="TmemControl.HoldFrozen"/>. Holds count: each client stays frozen until the last
/// hold on it is gone, and after that as long as its own freeze lasts. Thread-safe.
/// </summary>
public sealed class FreezeHold : IDisposable
{
    private readonly TmemHost _host;
    private ClientSlots[]? _clients;

    internal FreezeHold(TmemHost host, ClientSlots[] clients)
    {
        _host = host;
        _clients = clients;
    }

    /// <summary>Ends the hold. A second call does nothing; clients and hosts that have gone meanwhile are left alone.</summary>
    public void Dispose()
    {
        ClientSlots[]? clients = Interlocked.Exchange(ref _clients, null);
        if (clients is null)
        {
            return;
        }

        lock (_host.Store.Control)
        {
            foreach (ClientSlots client in clients)
            {
                if (_host.Store.IsLive && !client.IsGone)
                {
                    _host.Store.ReleaseFrozen(client.Number);
                }
            }
        }
    }
}
