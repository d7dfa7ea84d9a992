namespace TmemCore.SampleHeap.Parts;

/// <summary>
/// Series of numbers: half of them of measurements, rounded to hundredths, a quarter of counts, a quarter of rising times; and one in fifty a vector
/// whose components have all their digits.
/// </summary>
internal sealed class NumbersPart : HeapPart
{
    /// <inheritdoc/>
    public override string Name => "numbers";

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        int count = Draw.Skewed(random, 100, 8_000);
        if (random.Next(50) == 0)
        {
            return Vector(count, random);
        }

        return random.Next(4) switch
        {
            0 => Counts(count, random),
            1 => Times(count, random),
            _ => Measurements(count, random),
        };
    }

    private static double[] Measurements(int count, Random random)
    {
        var values = new double[count];
        double value = 100 * random.NextDouble();
        for (int i = 0; i < count; i++)
        {
            value += Draw.Normal(random);
            values[i] = Math.Round(value, 2);
        }

        return values;
    }

    private static int[] Counts(int count, Random random)
    {
        var values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.Next(3) == 0 ? 0 : Draw.Skewed(random, 1, 10_000);
        }

        return values;
    }

    private static long[] Times(int count, Random random)
    {
        var values = new long[count];
        long time = Draw.Moment(random).Ticks;
        for (int i = 0; i < count; i++)
        {
            time += TimeSpan.TicksPerMillisecond * Draw.Skewed(random, 1, 60_000);
            values[i] = time;
        }

        return values;
    }

    private static float[] Vector(int count, Random random)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (float)Draw.Normal(random);
        }

        return values;
    }
}
