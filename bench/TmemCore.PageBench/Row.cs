namespace TmemCore.PageBench;

/// <summary>One measured line.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Ns">Nanoseconds for each operation, the median of the rounds; null where the row is not a time.</param>
/// <param name="Ratio">The value that is judged: the median of the rounds' ratios to the copy, or bytes, seconds, a share; not a number where it could not be measured.</param>
/// <param name="P50">The median of single operations, in nanoseconds, the clock's own time included.</param>
/// <param name="P99">The 99th percentile of single operations.</param>
/// <param name="P999">The 99.9th percentile of single operations.</param>
/// <param name="Must">What the value must not pass; null where nothing is asked.</param>
/// <param name="AtLeast">Whether <paramref name="Must"/> is a lower bound.</param>
/// <param name="Note">What the numbers are, in a few words.</param>
internal sealed record Row(
    string Name, double? Ns, double Ratio, double? P50, double? P99, double? P999, double? Must, bool AtLeast, string Note)
{
    public bool? Met => Must is not double must || double.IsNaN(Ratio) ? null : AtLeast ? Ratio >= must : Ratio <= must;
}
