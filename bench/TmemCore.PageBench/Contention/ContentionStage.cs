namespace TmemCore.PageBench.Contention;

/// <summary>Where a thread of the model has to be alone.</summary>
internal enum ContentionPlace
{
    /// <summary>The lock of the shard that a handle leads to: any, at random, or always the same.</summary>
    Shard,

    /// <summary>The lock of the shard with the oldest page, which another page of the next moment is in.</summary>
    OldestShard,

    /// <summary>A cache line that all operations of the kind change.</summary>
    SharedLine,
}

/// <summary>A part of an operation.</summary>
/// <param name="Place">Where.</param>
/// <param name="Ns">How long it takes: one of these times, at random.</param>
internal sealed record ContentionStage(ContentionPlace Place, double[] Ns);
