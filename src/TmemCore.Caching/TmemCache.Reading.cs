using System.Buffers;

namespace TmemCore.Caching;

/// <summary>Gets, and what keeps values for longer.</summary>
public sealed partial class TmemCache
{
    private static readonly Task<byte[]?> s_nothing = Task.FromResult<byte[]?>(null);

    /// <summary>Gets a value.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value; null when there is none.</returns>
    /// <exception cref="ArgumentNullException">There is no key.</exception>
    /// <exception cref="ArgumentException">The key is too long.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public byte[]? Get(string key)
    {
        var target = default(ArrayTarget);
        return Read(key, ref target) ? target.Value : null;
    }

    /// <summary>As <see cref="Get"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="token">Looked at before, not during the call.</param>
    /// <returns>The value, at once; null when there is none.</returns>
    /// <exception cref="ArgumentException">As of <see cref="Get"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        token.IsCancellationRequested ? Task.FromCanceled<byte[]?>(token) : Get(key) is byte[] value ? Task.FromResult<byte[]?>(value) : s_nothing;

    /// <summary>Gets a value into a writer: one span of the value's length is asked for and filled, and the writer advanced once.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">Takes the value; not advanced when there is none.</param>
    /// <returns>Whether there is a value.</returns>
    /// <exception cref="ArgumentNullException">There is no key or no writer.</exception>
    /// <exception cref="ArgumentException">The key is too long.</exception>
    /// <exception cref="InvalidOperationException">The writer gave less room than it was asked for.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var target = new WriterTarget(destination);
        return Read(key, ref target);
    }

    /// <summary>As <see cref="TryGet"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="destination">Takes the value; not advanced when there is none.</param>
    /// <param name="token">Looked at before, not during the call.</param>
    /// <returns>Whether there is a value, at once.</returns>
    /// <exception cref="ArgumentException">As of <see cref="TryGet"/>.</exception>
    /// <exception cref="InvalidOperationException">The writer gave less room than it was asked for.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default) =>
        token.IsCancellationRequested ? ValueTask.FromCanceled<bool>(token) : new(TryGet(key, destination));

    /// <summary>Keeps a value with a sliding expiration for longer.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="ArgumentNullException">There is no key.</exception>
    /// <exception cref="ArgumentException">The key is too long.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public void Refresh(string key)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var name = new CacheKey(key, stackalloc byte[CacheKey.StackBytes], _hash);
        if (_source.Current is ValueStore store)
        {
            try
            {
                Note(store, store.Refresh(name, NowTicks));
            }
            catch (IOException e) when (store.IsRemote)
            {
                _source.Lose(store, e);
            }
        }
    }

    /// <summary>As <see cref="Refresh"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="token">Looked at before, not during the call.</param>
    /// <returns>A task that is done.</returns>
    /// <exception cref="ArgumentException">As of <see cref="Refresh"/>.</exception>
    /// <exception cref="ObjectDisposedException">The cache or its host is disposed.</exception>
    public Task RefreshAsync(string key, CancellationToken token = default)
    {
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled(token);
        }

        Refresh(key);
        return Task.CompletedTask;
    }

    private long NowTicks => _time.GetUtcNow().UtcTicks;

    private bool Read<TTarget>(string key, ref TTarget target)
        where TTarget : struct, IValueTarget
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        using var name = new CacheKey(key, stackalloc byte[CacheKey.StackBytes], _hash);
        ReadOutcome outcome = ReadOutcome.Miss;
        if (_source.Current is ValueStore store)
        {
            try
            {
                outcome = store.Read(name, NowTicks, ref target);
                Note(store, outcome);
            }
            catch (IOException e) when (store.IsRemote)
            {
                _source.Lose(store, e);
            }
        }

        _metrics.Count(outcome, target.Length);
        return outcome == ReadOutcome.Hit;
    }

    private void Note(ValueStore store, ReadOutcome outcome)
    {
        _metrics.CountGone(outcome);
        if (outcome == ReadOutcome.Incomplete)
        {
            CacheLog.Incomplete(_log);
        }

        LoseIfGone(store);
    }

    private void LoseIfGone(ValueStore store)
    {
        if (store.IsGone)
        {
            _source.Lose(store, cause: null);
        }
    }
}
