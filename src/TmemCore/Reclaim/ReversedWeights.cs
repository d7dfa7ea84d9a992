namespace TmemCore.Reclaim;

/// <summary>
/// The weights of the original, whose test is the wrong way round: a client that holds less than its share gives up its own oldest page, one
/// that holds more takes the oldest of all. For comparing with the original, result by result.
/// </summary>
/// <param name="count">Tells the ephemeral pages of all, those of a client, the weights' sum and the client's weight.</param>
internal sealed class ReversedWeights(Func<uint, (long AllPages, long Pages, long AllWeights, uint Weight)> count) : IVictimPolicy
{
    /// <inheritdoc/>
    public uint ChooseClient(uint callingClient)
    {
        if (callingClient == IVictimPolicy.Everyone)
        {
            return callingClient;
        }

        (long allPages, long pages, long allWeights, uint weight) = count(callingClient);
        return pages > 0 && weight != 0 && allWeights != 0 && allPages * 100 / pages > allWeights * 100 / weight
            ? callingClient
            : IVictimPolicy.Everyone;
    }
}
