using System.Diagnostics.CodeAnalysis;

namespace TmemCore;

/// <summary>What became of a flush. The values are the answers of the tmem ABI. A flush never fails to remove what is there.</summary>
[SuppressMessage("Design", "CA1008", Justification = "A flush has no answer zero in the ABI.")]
public enum FlushResult
{
    /// <summary>Nothing is stored under the handle any more, whether or not something was.</summary>
    Done = 1,

    /// <summary>The pool is destroyed or its client is gone (ENODEV).</summary>
    Unavailable = -19,

    /// <summary>As <see cref="Done"/>, and the client is frozen, which the original reports as an error (1000).</summary>
    DoneWhileFrozen = -1000,
}
