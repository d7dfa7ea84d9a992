namespace TmemCore.Server.Nbd;

/// <summary>What is known of the changes to some objects of a cache; read and changed under its lock.</summary>
internal sealed class CacheStripe
{
    public Lock Lock { get; } = new();

    /// <summary>Changes that have begun, ever.</summary>
    public ulong Generation { get; set; }

    /// <summary>Changes that are under way.</summary>
    public int Changes { get; set; }
}
