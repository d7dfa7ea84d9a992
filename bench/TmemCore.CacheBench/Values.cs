using System.Text;

namespace TmemCore.CacheBench;

/// <summary>What is cached: records as services keep them, or noise that no codec makes smaller.</summary>
internal static class Values
{
    private static readonly string[] s_words =
        ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "island", "juniper", "kestrel", "lagoon", "meadow", "nectar", "opal", "prairie"];

    /// <summary>Writes a key's value.</summary>
    public static void Write(Span<byte> value, int key, bool isNoise)
    {
        var random = new Random(key);
        if (isNoise)
        {
            random.NextBytes(value);
            return;
        }

        for (int record = 0; !value.IsEmpty; record++)
        {
            string text = $$"""{"id":{{random.Next()}},"name":"{{Word(random)}} {{Word(random)}}","price":{{random.Next(100_000) / 100.0}},"stock":{{random.Next(1000)}},"tags":["{{Word(random)}}","{{Word(random)}}"],"token":"{{random.NextInt64():x16}}"},""";
            int length = Math.Min(text.Length, value.Length);
            Encoding.ASCII.GetBytes(text.AsSpan(0, length), value);
            value = value[length..];
        }
    }

    private static string Word(Random random) => s_words[random.Next(s_words.Length)];
}
