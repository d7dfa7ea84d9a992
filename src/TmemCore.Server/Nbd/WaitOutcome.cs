namespace TmemCore.Server.Nbd;

/// <summary>What has ended a wait.</summary>
internal enum WaitOutcome
{
    /// <summary>The server stops, or the time is over.</summary>
    End,

    /// <summary>The socket is worth another attempt.</summary>
    Socket,

    /// <summary>Something else has happened.</summary>
    Other,
}
