namespace TmemCore;

/// <summary>Which page of a pool goes when memory is short. Between pools the one whose oldest page is the oldest gives one up.</summary>
public enum EvictionPolicy
{
    /// <summary>What was not put or got for the longest time; in pools from which a get takes the page, what was put first. The rule of the original.</summary>
    LeastRecentlyUsed = 0,

    /// <summary>
    /// S3-FIFO in pools whose pages stay on a get, which keeps what is used once from displacing what is used often; a get counts and moves
    /// nothing. Pools from which a get takes the page give up what was put first.
    /// </summary>
    S3Fifo = 1,

    /// <summary>
    /// S3-FIFO in all ephemeral pools; in those from which a get takes the page with a history of gets, by which pages that were taken before
    /// stay longer when they come back.
    /// </summary>
    S3FifoWithHistory = 2,
}
