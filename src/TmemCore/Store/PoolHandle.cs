using System.Runtime.CompilerServices;

namespace TmemCore.Store;

/// <summary>The pools of a client as calls see them, without any lock: one word per pool id, 0 for none.</summary>
/// <remarks>
/// A client that is paused or closed shows calls no pool at all, so that those which run need not look at anything else: whoever finds its handle
/// stale asks why. What the pools are is still there for control, see <see cref="TokenOf"/>.
/// </remarks>
internal sealed class ClientSlots(uint number, int id)
{
    /// <summary>New pages in a row after which the next one is expected to be new.</summary>
    private const byte NewPagesInRow = 2;

    private readonly ulong[] _tokens = new ulong[ClientRecord.PoolSlots];
    private readonly ulong[] _held = new ulong[ClientRecord.PoolSlots];
    private readonly byte[] _newPages = new byte[ClientRecord.PoolSlots];
    private TaskCompletionSource? _pause;
    private ClientTracking? _tracking;
    private bool _isClosed;

    /// <summary>The client's number in the table of clients.</summary>
    public uint Number { get; } = number;

    /// <summary>The number under which the outer world knows it.</summary>
    public int Id { get; } = id;

    /// <summary>Whether the client has died.</summary>
    public bool IsGone { get; set; }

    /// <summary>Whether nothing of the client is left.</summary>
    public bool IsForgotten;

    /// <summary>Pools that have left their slot and are still being emptied; guarded by the control lock.</summary>
    public int PoolsLeaving { get; set; }

    /// <summary>What calls see in a slot; changed under the control lock.</summary>
    public ulong this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _tokens[slot]);
        set
        {
            Volatile.Write(ref _held[slot], value);
            if (value == 0 || !(IsPaused || IsClosed))
            {
                Volatile.Write(ref _tokens[slot], value);
            }
        }
    }

    /// <summary>Who follows the client's changes; null for nobody.</summary>
    public ClientTracking? Tracking
    {
        get => Volatile.Read(ref _tracking);
        set => Volatile.Write(ref _tracking, value);
    }

    /// <summary>Whether calls wait.</summary>
    public bool IsPaused => Volatile.Read(ref _pause) is not null;

    /// <summary>Whether calls are refused, since nobody knows whether the client runs here or elsewhere.</summary>
    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>Whether somebody has said of a closed client that it runs elsewhere; guarded by the control lock.</summary>
    public bool IsElsewhere { get; set; }

    /// <summary>What a slot holds, whether or not calls may see it.</summary>
    public ulong TokenOf(int slot) => Volatile.Read(ref _held[slot]);

    /// <summary>Lets all calls wait that find their handle from now on; the control lock is held.</summary>
    public void Pause()
    {
        // Whoever sees no pool sees why.
        Volatile.Write(ref _pause, new TaskCompletionSource());
        Hide();
    }

    /// <summary>Lets calls go on, after a pause or after having been closed; the control lock is held.</summary>
    public void Open()
    {
        for (int slot = 0; slot < _tokens.Length; slot++)
        {
            Volatile.Write(ref _tokens[slot], _held[slot]);
        }

        // Whoever sees that nothing is in the way any more sees the pools.
        Volatile.Write(ref _isClosed, false);
        EndPause();
    }

    /// <summary>Refuses all calls, those that wait too; the control lock is held.</summary>
    public void Close()
    {
        Volatile.Write(ref _isClosed, true);
        Hide();
        EndPause();
    }

    /// <summary>Whether what is put into a slot's pool is likely a page that is not there yet: the last ones on a full host were not.</summary>
    public bool ExpectsNewPage(int slot) => _newPages[slot] == NewPagesInRow;

    /// <summary>A put on a full host brought a page that was not there yet. Threads may overtake each other: it is a guess, and wrong ones cost time only.</summary>
    public void NoteNewPage(int slot) => _newPages[slot] = (byte)Math.Min(_newPages[slot] + 1, NewPagesInRow);

    /// <summary>Room was made for a put in vain: the page was there.</summary>
    public void NotePageReplaced(int slot) => _newPages[slot] = 0;

    /// <summary>Waits as long as the client is paused; no lock is held.</summary>
    /// <returns>False when it was not.</returns>
    public bool TryAwaitOpen()
    {
        if (Volatile.Read(ref _pause) is not TaskCompletionSource pause)
        {
            return false;
        }

        pause.Task.Wait();
        return true;
    }

    private void Hide()
    {
        for (int slot = 0; slot < _tokens.Length; slot++)
        {
            Volatile.Write(ref _tokens[slot], 0);
        }
    }

    private void EndPause()
    {
        TaskCompletionSource? pause = _pause;
        Volatile.Write(ref _pause, null);
        pause?.SetResult();
    }
}

/// <summary>
/// The right to use a pool: a client's slot and what it held when the handle was made. A pool that has gone changes the
/// slot before its pages are freed, so that a handle that is current under a shard's lock stays so until the lock is left.
/// </summary>
internal readonly struct PoolHandle(ClientSlots client, int slot, ulong token)
{
    public ClientSlots Client { get; } = client;

    public int Slot { get; } = slot;

    public ulong Token { get; } = token;

    /// <summary>The pool's number in the table of pools.</summary>
    public uint Pool => (uint)Token;

    public bool IsCurrent
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Client[Slot] == Token;
    }

    /// <summary>Whether the pool is there, even if its client is paused or closed; the control lock or a shard's is held.</summary>
    public bool IsHeld => Client.TokenOf(Slot) == Token;

    /// <summary>The word that stands for a pool; generations begin with 1, so that it is never 0.</summary>
    public static ulong TokenOf(uint pool, uint generation) => ((ulong)generation << 32) | pool;
}
