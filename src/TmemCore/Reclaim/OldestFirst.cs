namespace TmemCore.Reclaim;

/// <summary>The oldest ephemeral page of the host goes, whosever it is.</summary>
internal sealed class OldestFirst : IVictimPolicy
{
    public uint ChooseClient(uint callingClient) => IVictimPolicy.Everyone;
}
