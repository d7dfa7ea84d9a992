namespace TmemCore.Server.Nbd;

/// <summary>A request to a cache that is under way, in one piece of work or in several. The connection's own thread alone looks at it.</summary>
internal sealed class CacheRequest(in NbdRequest request)
{
    private readonly NbdRequest _request = request;

    public ref readonly NbdRequest Request => ref _request;

    /// <summary>Pieces that have not ended yet, and one more while pieces are still being begun.</summary>
    public int Left { get; set; } = 1;

    /// <summary>The first error of a piece.</summary>
    public NbdError Worst { get; set; }
}
