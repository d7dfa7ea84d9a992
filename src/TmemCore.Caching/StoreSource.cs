using Microsoft.Extensions.Logging;

namespace TmemCore.Caching;

/// <summary>
/// Where a cache's values are just now. What a daemon kept of a connection goes when the connection breaks; then there is nothing until a new one is made,
/// which is tried at most once a second, by a call that needs it.
/// </summary>
internal sealed class StoreSource : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Func<ITmemClient> _connect;
    private readonly IDisposable? _owned;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Func<ITmemClient, HeadLayout> _layout;
    private readonly Lock _changes = new();
    private ValueStore? _store;
    private ITmemClient? _client;
    private long _lastTry;
    private bool _isDisposed;

    /// <summary>Connects for the first time; where nobody serves, that is told to the log, and tried again later.</summary>
    /// <param name="connect">Makes a client.</param>
    /// <param name="owned">Disposed at the end, when the client is.</param>
    /// <param name="time">The time between tries.</param>
    /// <param name="log">Where connections are told of.</param>
    /// <param name="layout">Where a client's pool has its heads.</param>
    public StoreSource(Func<ITmemClient> connect, IDisposable? owned, TimeProvider time, ILogger log, Func<ITmemClient, HeadLayout> layout)
    {
        (_connect, _owned, _time, _log, _layout) = (connect, owned, time, log, layout);
        try
        {
            Connect();
        }
        catch
        {
            owned?.Dispose();
            throw;
        }
    }

    /// <summary>The store; null when there is none just now.</summary>
    public ValueStore? Current => Volatile.Read(ref _store) ?? ConnectAgain();

    /// <summary>The store, if there is one without trying.</summary>
    public ValueStore? Known => Volatile.Read(ref _store);

    /// <summary>Gives a store up that has turned out to be gone.</summary>
    /// <param name="store">The store that the caller used; it may have been replaced meanwhile.</param>
    /// <param name="cause">What the caller saw.</param>
    public void Lose(ValueStore store, Exception? cause)
    {
        lock (_changes)
        {
            if (_store != store)
            {
                return;
            }

            _store = null;
            _lastTry = _time.GetTimestamp();
            _client?.Dispose();
            _client = null;
            CacheLog.StoreLost(_log, cause);
        }
    }

    /// <summary>Ends the client, and its pages with it.</summary>
    public void Dispose()
    {
        lock (_changes)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _store = null;
            _client?.Dispose();
            _owned?.Dispose();
        }
    }

    private ValueStore? ConnectAgain()
    {
        // Whoever comes while another tries has nothing to wait for but a miss.
        if (!_changes.TryEnter())
        {
            return null;
        }

        try
        {
            if (_store is null && !_isDisposed && _time.GetElapsedTime(_lastTry) >= s_pause)
            {
                Connect();
            }

            return _store;
        }
        finally
        {
            _changes.Exit();
        }
    }

    private void Connect()
    {
        _lastTry = _time.GetTimestamp();
        ITmemClient? client = null;
        try
        {
            client = _connect();
            Volatile.Write(ref _store, new ValueStore(client.CreateRetainingPool(), _layout(client)));
            _client = client;
            CacheLog.StoreReady(_log);
        }
        catch (Exception e)
        {
            client?.Dispose();
            if (e is not IOException)
            {
                throw;
            }

            CacheLog.StoreUnreachable(_log, e.Message, s_pause.TotalSeconds);
        }
    }
}
