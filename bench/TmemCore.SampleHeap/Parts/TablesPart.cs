namespace TmemCore.SampleHeap.Parts;

/// <summary>Tables to look things up: where things are and until when by identifier, counts by word, sets of numbers, sorted trees.</summary>
internal sealed class TablesPart : HeapPart
{
    /// <inheritdoc/>
    public override string Name => "tables";

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        int count = Draw.Skewed(random, 50, 4_000);
        return random.Next(4) switch
        {
            0 => ByIdentifier(count, random),
            1 => ByWord(count, random, words),
            2 => Members(count, random),
            _ => Sorted(count, random),
        };
    }

    private static Dictionary<Guid, Place> ByIdentifier(int count, Random random)
    {
        var table = new Dictionary<Guid, Place>(count);
        for (int i = 0; i < count; i++)
        {
            table[Draw.Identifier(random)] = new Place(random.NextInt64(1_000_000_000), Draw.Skewed(random, 100, 100_000), Draw.Moment(random));
        }

        return table;
    }

    private static Dictionary<string, int> ByWord(int count, Random random, Vocabulary words)
    {
        var table = new Dictionary<string, int>(count);
        for (int i = 0; i < count; i++)
        {
            table[$"{words.Word(random)}-{words.Word(random)}"] = Draw.Skewed(random, 1, 10_000);
        }

        return table;
    }

    private static HashSet<long> Members(int count, Random random)
    {
        var table = new HashSet<long>(count);
        for (int i = 0; i < count; i++)
        {
            table.Add(random.NextInt64(10_000_000));
        }

        return table;
    }

    private static SortedDictionary<int, DateTime> Sorted(int count, Random random)
    {
        var table = new SortedDictionary<int, DateTime>();
        for (int i = 0; i < count; i++)
        {
            table[random.Next(10_000_000)] = Draw.Moment(random);
        }

        return table;
    }

    private readonly record struct Place(long Start, int Length, DateTime Until);
}
