namespace TmemCore.Tool.Simulation;

/// <summary>What only a simulation knows: when the page of the get or put that is about to be done is wanted next.</summary>
internal sealed class Foresight
{
    /// <summary>The time of the next get of it; <see cref="BlockAccess.Never"/> for none.</summary>
    public long NextGet { get; set; }
}
