namespace TmemCore.Tool.Simulation;

/// <summary>A pool of pages that a simulation asks.</summary>
internal interface ISimulatedPool : IDisposable
{
    /// <summary>What decides there who goes: a policy's name, or <c>engine</c>.</summary>
    string Policy { get; }

    /// <summary>Pages that it was made for.</summary>
    int Pages { get; }

    /// <summary>Pages that it has held at most.</summary>
    long PagesMax { get; }

    /// <summary>Bytes of bookkeeping per page that it has room for.</summary>
    double BytesPerPage { get; }

    /// <summary>Asks for a page; in an exclusive pool a hit takes it out.</summary>
    bool TryGet(ulong block);

    /// <summary>Puts a page, at the cost of another when the pool is full. A page that is there keeps its place.</summary>
    void Put(ulong block);
}
