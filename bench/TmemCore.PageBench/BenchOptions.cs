namespace TmemCore.PageBench;

/// <summary>What to run.</summary>
/// <param name="Pages">Pages in the store.</param>
/// <param name="Threads">Threads of the rows that use several.</param>
/// <param name="Rounds">Pairs of runs for each row.</param>
/// <param name="Only">The beginning of the names to run, or null for all.</param>
internal sealed record BenchOptions(int Pages, int Threads, int Rounds, string? Only)
{
    public bool Wants(string name) => Only is null || name.StartsWith(Only, StringComparison.Ordinal);

    /// <summary>Whether some row may be wanted whose name begins with <paramref name="words"/>.</summary>
    public bool WantsAnyOf(string words) => Wants(words) || Only!.StartsWith(words, StringComparison.Ordinal);
}
