namespace TmemCore.Tests.Engine.Concurrency;

internal enum CallKind
{
    Put,
    PutUnreadable,
    Get,
    Flush,
}

/// <summary>What a call did, as far as its caller can tell.</summary>
internal enum CallAnswer
{
    /// <summary>Put: the version is stored.</summary>
    Stored,

    /// <summary>Put: refused, and the handle is absent.</summary>
    RefusedAbsent,

    /// <summary>Put: refused, and what was there has gone.</summary>
    RefusedDropped,

    /// <summary>Get: a page of this version; whether it stays is told by the pool.</summary>
    Hit,

    /// <summary>Get: no page.</summary>
    Miss,

    /// <summary>Flush: nothing is there any more.</summary>
    Flushed,

    /// <summary>The pool is gone.</summary>
    Unavailable,
}

/// <summary>One call on one handle, with the moments between which it took effect.</summary>
internal readonly record struct CallRecord(
    int Thread, CallKind Kind, CallAnswer Answer, ulong Version, long Invoked, long Returned);

/// <summary>What a pool may do to a page of its own accord, and what a get does.</summary>
internal readonly record struct PageRules(bool MayVanish, bool IsTaken);
