using System.IO.Pipelines;

namespace TmemCore.Migration;

/// <summary>Reads and flushes pipes, as long as the caller wants it, the client is there, and the other side does something now and then.</summary>
/// <param name="timeout">How long one read or flush may take.</param>
/// <param name="clock">What measures it.</param>
/// <param name="cancelled">The caller's wish.</param>
/// <param name="abandoned">Cancelled when client or host are disposed.</param>
internal sealed class PipeWatch(TimeSpan timeout, TimeProvider clock, CancellationToken cancelled, CancellationToken abandoned) : IDisposable
{
    private readonly CancellationTokenSource _stalled = new(Timeout.InfiniteTimeSpan, clock);
    private CancellationTokenSource? _any;

    /// <summary>How long one read or flush may take.</summary>
    public TimeSpan Duration => timeout;

    private CancellationToken Any => (_any ??= CancellationTokenSource.CreateLinkedTokenSource(cancelled, abandoned, _stalled.Token)).Token;

    public void Dispose()
    {
        _any?.Dispose();
        _stalled.Dispose();
    }

    /// <summary>Reads.</summary>
    public async ValueTask<ReadResult> ReadAsync(PipeReader pipe)
    {
        _stalled.CancelAfter(timeout);
        try
        {
            ReadResult result = await pipe.ReadAsync(Any).ConfigureAwait(false);
            return result.IsCanceled ? throw new OperationCanceledException("The read of the pipe was cancelled.") : result;
        }
        catch (OperationCanceledException e)
        {
            throw Explain(e);
        }
        finally
        {
            _stalled.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Flushes.</summary>
    /// <exception cref="IOException">Nobody reads any more.</exception>
    public async ValueTask FlushAsync(PipeWriter pipe)
    {
        _stalled.CancelAfter(timeout);
        try
        {
            System.IO.Pipelines.FlushResult result = await pipe.FlushAsync(Any).ConfigureAwait(false);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The flush of the pipe was cancelled.");
            }

            if (result.IsCompleted)
            {
                throw new IOException("Whoever read the other end of the pipe has gone.");
            }
        }
        catch (OperationCanceledException e)
        {
            throw Explain(e);
        }
        finally
        {
            _stalled.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Throws when there is no reason to go on.</summary>
    public void ThrowIfOver()
    {
        cancelled.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(abandoned.IsCancellationRequested, typeof(TmemClient));
    }

    /// <summary>Why a wait has ended.</summary>
    public Exception Explain(OperationCanceledException e)
    {
        if (cancelled.IsCancellationRequested)
        {
            return new OperationCanceledException(e.Message, e, cancelled);
        }

        if (abandoned.IsCancellationRequested)
        {
            return new ObjectDisposedException(nameof(TmemClient));
        }

        return _stalled.IsCancellationRequested
            ? new TimeoutException($"The other side has neither taken nor sent anything for {timeout}.", e)
            : e;
    }
}
