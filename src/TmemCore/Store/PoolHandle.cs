using System.Runtime.CompilerServices;

namespace TmemCore.Store;

/// <summary>The pools of a client as calls see them, without any lock: one word per pool id, 0 for none.</summary>
internal sealed class ClientSlots(uint number, int id)
{
    private readonly ulong[] _tokens = new ulong[ClientRecord.PoolSlots];

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

    public ulong this[int slot]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _tokens[slot]);
        set => Volatile.Write(ref _tokens[slot], value);
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

    /// <summary>The word that stands for a pool; generations begin with 1, so that it is never 0.</summary>
    public static ulong TokenOf(uint pool, uint generation) => ((ulong)generation << 32) | pool;
}
