namespace TmemCore.Tool.Simulation;

/// <summary>One request of a block trace: a page is wanted.</summary>
/// <param name="Block">The page's number.</param>
/// <param name="NextAccess">
/// When the page is wanted next, on any scale that grows from request to request, <see cref="Never"/> when it is not; means
/// something only when the trace says so.
/// </param>
internal readonly record struct BlockAccess(ulong Block, long NextAccess)
{
    /// <summary>The page is not wanted again.</summary>
    public const long Never = long.MaxValue;
}
