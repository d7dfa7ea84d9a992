namespace TmemCore.Caching.Tests;

/// <summary>Where a cache under test keeps its values.</summary>
public enum Place
{
    /// <summary>In a host of this process.</summary>
    Own,

    /// <summary>In a daemon, over its socket.</summary>
    Socket,

    /// <summary>In a daemon, through memory that is shared with it.</summary>
    SharedMemory,
}
