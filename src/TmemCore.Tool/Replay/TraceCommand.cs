namespace TmemCore.Tool.Replay;

/// <summary>The operations of a trace.</summary>
internal enum TraceCommand
{
    /// <summary>Makes a domain the current one.</summary>
    Client,

    /// <summary>Makes a pool, or joins a shared one.</summary>
    NewPool,

    /// <summary>Destroys a pool, or leaves a shared one.</summary>
    Destroy,

    /// <summary>Puts the page of a seed.</summary>
    Put,

    /// <summary>Puts a page given in full.</summary>
    PutData,

    /// <summary>Puts a page that cannot be read.</summary>
    PutBad,

    /// <summary>Gets a page.</summary>
    Get,

    /// <summary>Gets a page to where nothing can be written.</summary>
    GetBad,

    /// <summary>Flushes a page.</summary>
    FlushP,

    /// <summary>Flushes an object.</summary>
    FlushO,

    /// <summary>Calls a command number that does not exist.</summary>
    BadOp,

    /// <summary>Control, by number of sub-operation.</summary>
    Ctl,

    /// <summary>Control: the statistics text.</summary>
    List,

    /// <summary>Grants the sharing of a uuid, or revokes it.</summary>
    Auth,

    /// <summary>Makes a pool with a given id for a given client.</summary>
    RestoreNew,

    /// <summary>Flushes a page for a given client.</summary>
    RFlush,

    /// <summary>A domain dies.</summary>
    KillClient,
}
