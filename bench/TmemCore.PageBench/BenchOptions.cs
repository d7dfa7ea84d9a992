namespace TmemCore.PageBench;

/// <summary>What to run.</summary>
/// <param name="Pages">Pages in the store.</param>
/// <param name="Threads">Threads of the rows that use several.</param>
/// <param name="Rounds">Pairs of runs for each row.</param>
/// <param name="IsQuick">Whether the rows are left out that take minutes or most of a machine's memory.</param>
/// <param name="Only">The beginning of the names to run, or null for all.</param>
internal sealed record BenchOptions(int Pages, int Threads, int Rounds, bool IsQuick, string? Only)
{
    public bool Wants(string name) => Only is null || name.StartsWith(Only, StringComparison.Ordinal);
}
