namespace TmemCore.Store;

/// <summary>
/// Following the changes of one client's persistent pages while it is saved or moved: the mark of pages that are in the log already, and how long
/// the log may become before the client's own calls wait. Thread-safe.
/// </summary>
/// <param name="client">The client.</param>
/// <param name="epoch">
/// The mark, see <see cref="PageDescriptor.NotedIn"/>: an age that no page has. Marks that are left when the tracking ends mean nothing to the next one.
/// </param>
/// <param name="freezes">Whether the client is held frozen meanwhile.</param>
internal sealed class ClientTracking(ClientSlots client, ulong epoch, bool freezes)
{
    /// <summary>Entries before calls wait, until <see cref="Limit"/> is lowered.</summary>
    public const int FirstLimit = 1 << 16;

    /// <summary>The lowest limit: so many pages are copied while the client is paused, and a few more.</summary>
    public const int LastLimit = 512;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _abandoned = new();
    private TaskCompletionSource? _room;
    private long _count;
    private int _limit = FirstLimit;
    private bool _isOver;
    private bool _isAbandoned;

    public ulong Epoch { get; } = epoch;

    /// <summary>Whether the client is held frozen as long as it is followed.</summary>
    public bool Freezes { get; } = freezes;

    /// <summary>Whether client or host are disposed.</summary>
    public bool IsAbandoned => Volatile.Read(ref _isAbandoned);

    /// <summary>Cancelled soon after that.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Entries beyond which calls wait; it is only ever lowered, so that nobody has to be told.</summary>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set => Volatile.Write(ref _limit, value);
    }

    /// <summary>
    /// Tells how long the log is. Under the log's lock: told late, a length that is no longer true would have calls wait for room that is there.
    /// </summary>
    public void Note(long count)
    {
        Volatile.Write(ref _count, count);

        // Whoever is about to wait has been seen here, or sees the count.
        Interlocked.MemoryBarrier();
        if (count < Limit && Volatile.Read(ref _room) is not null)
        {
            LetGo();
        }
    }

    /// <summary>Waits until the log is shorter than the limit; no lock is held.</summary>
    public void AwaitRoom()
    {
        while (Volatile.Read(ref _count) >= Limit && !Volatile.Read(ref _isOver))
        {
            TaskCompletionSource room;
            lock (_gate)
            {
                room = _room ??= new TaskCompletionSource();
            }

            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _count) < Limit || Volatile.Read(ref _isOver))
            {
                // It may have become shorter before there was anybody to be told.
                LetGo();
            }

            room.Task.Wait();
        }
    }

    /// <summary>Nobody has to wait any more.</summary>
    public void End()
    {
        Volatile.Write(ref _isOver, true);
        Interlocked.MemoryBarrier();
        LetGo();
    }

    /// <summary>Client or host have gone: whoever follows or waits is told. The control lock is held.</summary>
    public void Abandon()
    {
        Volatile.Write(ref _isAbandoned, true);
        End();
        if (client.IsPaused)
        {
            client.Close();
        }

        // Not on this thread, which holds locks.
        _ = _abandoned.CancelAsync();
    }

    private void LetGo()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
    }
}
