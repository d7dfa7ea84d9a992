namespace TmemCore.Server.Tests;

/// <summary>Where the pools are that a test uses, and how it comes to them.</summary>
public enum Side
{
    /// <summary>In the host itself.</summary>
    Own,

    /// <summary>In a daemon, over its socket.</summary>
    Socket,

    /// <summary>In a daemon, through memory that is shared with it.</summary>
    SharedMemory,
}
