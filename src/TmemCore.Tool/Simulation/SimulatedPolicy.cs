using TmemCore.Reclaim;

namespace TmemCore.Tool.Simulation;

/// <summary>A policy that can be simulated.</summary>
internal sealed record SimulatedPolicy
{
    /// <summary>All of them, the optimum last.</summary>
    public static IReadOnlyList<SimulatedPolicy> All { get; } =
    [
        new() { Name = "lru", BytesPerPage = 8, Create = static (pages, _) => new LeastRecentlyUsed(pages) },
        new() { Name = "fifo", BytesPerPage = 8, Create = static (pages, _) => new FirstInFirstOut(pages) },
        new() { Name = "s3fifo", BytesPerPage = 31.5, Create = static (pages, _) => new S3Fifo(pages) },
        new() { Name = "s3fifo-gets", BytesPerPage = 56.5, IsForExclusive = true, Create = static (pages, _) => new S3Fifo(pages, remembersGets: true) },
        new() { Name = "optimum", BytesPerPage = 16, SeesAhead = true, Create = static (pages, foresight) => new OfflineOptimum(pages, foresight) },
    ];

    /// <summary>What it is called on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes of bookkeeping per page of the pool.</summary>
    public required double BytesPerPage { get; init; }

    /// <summary>Whether it does nothing special unless gets take pages out.</summary>
    public bool IsForExclusive { get; init; }

    /// <summary>Whether it has to be told when pages are wanted next.</summary>
    public bool SeesAhead { get; init; }

    /// <summary>Makes a chooser for so many pages.</summary>
    public required Func<int, Foresight, IPageChooser> Create { get; init; }
}
