namespace TmemCore.CacheBench;

/// <summary>How much is run.</summary>
/// <param name="IsQuick">Whether it is the short form.</param>
internal sealed record BenchPlan(bool IsQuick)
{
    public int Rounds => IsQuick ? 3 : 7;

    public TimeSpan RoundTime => TimeSpan.FromMilliseconds(IsQuick ? 60 : 200);

    public long ChurnBytes => IsQuick ? 512L << 20 : 4L << 30;

    public int Requests => IsQuick ? 300_000 : 1_500_000;
}
