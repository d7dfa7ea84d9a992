namespace TmemCore.Server.Takeover;

/// <summary>A part of the daemon that has connections, and hands them over with the host.</summary>
internal interface ITakeoverPart
{
    /// <summary>What the successor knows the part by.</summary>
    string Name { get; }

    /// <summary>Takes no more from anybody, once what has been begun is answered.</summary>
    /// <returns>Who holds it up, or null once nobody does.</returns>
    Task<string?> PauseAsync(TimeSpan patience);

    /// <summary>Says what the successor needs; the part is paused.</summary>
    void Send(TakeoverChannel channel);

    /// <summary>Goes on after a pause.</summary>
    void Resume();

    /// <summary>Leaves all connections to the successor, without ending them.</summary>
    /// <param name="successor">Its process id.</param>
    void Leave(int successor);
}
