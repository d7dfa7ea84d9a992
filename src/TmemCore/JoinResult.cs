namespace TmemCore;

/// <summary>Whether a client joined a shared pool. A refusal never turns into a private pool silently.</summary>
public enum JoinResult
{
    /// <summary>The pool did not exist; it does now, and this client owns it.</summary>
    Created,

    /// <summary>The pool existed; this client shares it now.</summary>
    Joined,

    /// <summary>The host wants an authorization that this client does not have for the uuid.</summary>
    NotAuthorized,

    /// <summary>The client has no free pool id left (16 by default).</summary>
    TooManyPools,

    /// <summary>The host has no room for another shared pool.</summary>
    TooManySharedPools,

    /// <summary>The uuid cannot name a shared pool: all its bits are set.</summary>
    InvalidUuid,

    /// <summary>No memory for the pool's bookkeeping.</summary>
    OutOfMemory,

    /// <summary>A persistent shared pool of that uuid exists, which the ephemeral face cannot serve.</summary>
    PersistentPool,
}
