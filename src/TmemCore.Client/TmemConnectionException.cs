namespace TmemCore.Client;

/// <summary>
/// The daemon cannot be reached, has turned the connection away, or the connection has broken. What was under way when it broke may have
/// been done or not; all that the client had in the daemon is gone.
/// </summary>
public sealed class TmemConnectionException : IOException
{
    /// <summary>Tells what went wrong.</summary>
    /// <param name="message">A sentence for people.</param>
    public TmemConnectionException(string message)
        : base(message)
    {
    }

    /// <summary>Tells what went wrong, and why.</summary>
    /// <param name="message">A sentence for people.</param>
    /// <param name="cause">What the system says.</param>
    public TmemConnectionException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
