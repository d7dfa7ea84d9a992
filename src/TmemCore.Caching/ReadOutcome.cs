namespace TmemCore.Caching;

/// <summary>What a read found.</summary>
internal enum ReadOutcome
{
    /// <summary>Nothing under the key.</summary>
    Miss,

    /// <summary>The value, whole.</summary>
    Hit,

    /// <summary>A value whose time was over; it is gone now.</summary>
    Expired,

    /// <summary>A value of which the store had dropped a part; the rest is gone now.</summary>
    Incomplete,
}
