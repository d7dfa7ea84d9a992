namespace TmemCore.Tests.Engine.Model;

/// <summary>Finds a short sequence that still fails.</summary>
internal static class Shrinker
{
    /// <summary>Leaves out stretches, halving their length, as long as the rest fails.</summary>
    public static T[] Shrink<T>(T[] steps, Predicate<T[]> fails)
    {
        T[] fewest = steps;
        for (int length = Math.Max(fewest.Length / 2, 1); length > 0; length /= 2)
        {
            for (int start = 0; start + length <= fewest.Length;)
            {
                T[] rest = [.. fewest[..start], .. fewest[(start + length)..]];
                if (fails(rest))
                {
                    fewest = rest;
                }
                else
                {
                    start += length;
                }
            }
        }

        return fewest;
    }
}
