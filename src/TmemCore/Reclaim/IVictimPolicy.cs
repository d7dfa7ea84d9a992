namespace TmemCore.Reclaim;

/// <summary>Chooses who gives up a page when memory is short. It chooses only; the store acts. Thread-safe.</summary>
internal interface IVictimPolicy
{
    /// <summary>
    /// The client whose oldest ephemeral page must go, or <see cref="Everyone"/> for the oldest of all. When that client has
    /// none, the oldest of all goes.
    /// </summary>
    /// <param name="callingClient">The number of the client that wants room, or <see cref="Everyone"/>.</param>
    uint ChooseClient(uint callingClient);

    /// <summary>No client in particular.</summary>
    const uint Everyone = uint.MaxValue;
}
