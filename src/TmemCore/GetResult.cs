namespace TmemCore;

/// <summary>
/// What a get or a take found. The values are the answers of the tmem ABI. The target buffer is written on
/// <see cref="Hit"/> only, and then all 4,096 bytes of it.
/// </summary>
public enum GetResult
{
    /// <summary>No page under this handle; the pool holds others.</summary>
    Miss = 0,

    /// <summary>The page was copied to the buffer.</summary>
    Hit = 1,

    /// <summary>The target could not be written; the page stays (EFAULT). Buffers of this process are always writable.</summary>
    Unwritable = -14,

    /// <summary>The pool is destroyed or its client is gone (ENODEV).</summary>
    Unavailable = -19,

    /// <summary>The pool holds no page at all (the ABI's private error 1001).</summary>
    Empty = -1001,
}
