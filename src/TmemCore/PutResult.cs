using System.Diagnostics.CodeAnalysis;

namespace TmemCore;

/// <summary>
/// What became of a put. The values are the answers of the tmem ABI: one for success, a negative error number otherwise.
/// Whatever the refusal, the handle is either untouched or absent, never stale.
/// </summary>
[SuppressMessage("Design", "CA1008", Justification = "A put has no answer zero in the ABI.")]
public enum PutResult
{
    /// <summary>The page is stored; an older page of the same handle is replaced.</summary>
    Stored = 1,

    /// <summary>
    /// Refused, the handle is as before: no memory could be found, or the client's allowance is used up (ENOMEM). In the Xen
    /// profile, where room is looked for before anything else, an older page may still be there: flush the handle.
    /// </summary>
    OutOfMemory = -12,

    /// <summary>Refused, and an older page of the handle is gone: the source could not be read (EFAULT).</summary>
    Unreadable = -14,

    /// <summary>Refused: the pool is destroyed or its client is gone (ENODEV).</summary>
    Unavailable = -19,

    /// <summary>Refused, and the older page of the handle is gone: the replacement could not be stored (ENOSPC).</summary>
    PageDropped = -28,

    /// <summary>Refused: the client is frozen and accepts replacements only (the ABI's private error 1000).</summary>
    Frozen = -1000,
}
