namespace TmemCore.SampleHeap;

/// <summary>Numbers as they are spread in life: many small ones and a few large.</summary>
internal static class Draw
{
    /// <summary>A positive number whose logarithm is spread evenly between the two.</summary>
    public static int Skewed(Random random, int least, int most) =>
        (int)(least * Math.Pow((double)most / least, random.NextDouble()));

    /// <summary>A number around 0, most of them between -1 and 1.</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>A moment within two years, to the millisecond.</summary>
    public static DateTime Moment(Random random) =>
        new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddMilliseconds(random.NextInt64(63_072_000_000));

    /// <summary>An identifier as version 4 has them: all bits by chance.</summary>
    public static Guid Identifier(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes);
    }
}
