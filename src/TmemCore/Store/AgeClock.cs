using System.Runtime.CompilerServices;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>The ages of a host's ephemeral pages: numbers that only grow. Thread-safe.</summary>
internal sealed class AgeClock
{
    private ulong _now;

    /// <summary>The last age that was given.</summary>
    public ulong Now => Volatile.Read(ref _now);

    /// <summary>Passes what lies outside of the arena on to a successor.</summary>
    public void PassOn(StateTransfer state)
    {
        state.Pass(ref _now);
    }

    /// <summary>An age that no page has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Next() => Interlocked.Increment(ref _now);
}
