namespace TmemCore.Migration;

/// <summary>What a record says. The numbers stand in saved clients: they are never given another meaning.</summary>
internal enum SaveRecordType : ushort
{
    /// <summary>The client's settings: at the beginning, and once more, as they are at the end, before the end mark.</summary>
    Client = 1,

    /// <summary>A pool that there is from here on, or another setting of one.</summary>
    Pool = 2,

    /// <summary>A pool that has gone, and all its pages.</summary>
    PoolGone = 3,

    /// <summary>A page as it is now.</summary>
    Page = 4,

    /// <summary>There is no such page.</summary>
    PageGone = 5,

    /// <summary>Nothing follows, but for the agreement of two sides.</summary>
    End = 6,

    /// <summary>The target: everything is here and sound.</summary>
    Ready = 16,

    /// <summary>The source: from now on the client is the target's.</summary>
    Switch = 17,

    /// <summary>The target: the client runs here.</summary>
    Switched = 18,

    /// <summary>The target: the client does not run here and never will; why, in words.</summary>
    Refused = 19,
}
