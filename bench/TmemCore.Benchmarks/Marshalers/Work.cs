namespace TmemCore.Benchmarks.Marshalers;

/// <summary>What is timed: each method handles <see cref="Layout.Ops"/> ops and gives a sum that the other ways must give, too.</summary>
internal abstract class Work
{
    public static IReadOnlyList<string> Names { get; } = ["encode", "decode", "decode + dispatch"];

    public abstract ReadOnlySpan<byte> Bytes { get; }

    public abstract long Encode();

    public abstract long Decode();

    public abstract long Dispatch();

    /// <summary>One of the three by its place in <see cref="Names"/>.</summary>
    public Func<long> this[int index] => index switch { 0 => Encode, 1 => Decode, _ => Dispatch };
}
