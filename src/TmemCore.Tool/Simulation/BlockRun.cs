namespace TmemCore.Tool.Simulation;

/// <summary>Neighbouring blocks that one line of a trace asks for.</summary>
internal static class BlockRun
{
    /// <summary>More than any one request of a disk: 64 GiB. A line with more is taken for one that has been misread.</summary>
    private const ulong MostBlocks = 1 << 24;

    /// <summary>Takes a run that is possible.</summary>
    /// <param name="input">Where it is from.</param>
    /// <param name="first">The first block.</param>
    /// <param name="count">How many there are.</param>
    /// <returns>Both.</returns>
    /// <exception cref="InvalidDataException">It is not possible.</exception>
    public static (ulong First, ulong Count) Check(TraceInput input, ulong first, ulong count)
    {
        if (count > MostBlocks)
        {
            throw input.Malformed($"{count} blocks at once; there may be {MostBlocks}");
        }

        return count == 0 || first <= ulong.MaxValue - (count - 1)
            ? (first, count)
            : throw input.Malformed($"{count} blocks from {first} on end beyond 64 bits");
    }
}
