using TmemCore.SampleHeap.Parts;

namespace TmemCore.SampleHeap;

/// <summary>
/// The objects of a service that has run for a while: of several kinds at fixed shares, made in turns so that neighbours differ, a third of
/// them given up and made anew, twice. The n-th object of a kind depends on the seed alone; how many it takes for so many bytes depends a little
/// on what the runtime allocates. For one thread.
/// </summary>
/// <param name="profile">How much there is of each kind.</param>
/// <param name="seed">What the objects are.</param>
/// <param name="only">The name of the one part to make, or null for all.</param>
internal sealed class ServiceHeap(HeapProfile profile, int seed, string? only = null)
{
    private const int ChurnRounds = 2;
    private const int ChurnedShare = 3;

    private readonly Random _random = new(seed);
    private readonly Vocabulary _words = new(new Random(seed));
    private readonly List<Kept> _kept = [];
    private readonly Pile[] _piles = [.. PartsOf(profile).Where(part => only is null || part.Name == only).Select((part, number) => new Pile(part, number, profile.ShareOf(part)))];

    /// <summary>The names of all parts.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. PartsOf(HeapProfile.Typical).Select(static part => part.Name)];

    /// <summary>What is kept of each part, and how many bytes were allocated for it.</summary>
    public IEnumerable<(string Name, int Count, long Bytes)> Parts =>
        _piles.Select(pile => (pile.Part.Name, _kept.Count(kept => kept.Pile == pile), _kept.Where(kept => kept.Pile == pile).Sum(static kept => kept.Bytes)));

    /// <summary>What is kept, in the order of its making.</summary>
    public IEnumerable<object> Objects => _kept.Select(static kept => kept.Value);

    private sealed class Pile(HeapPart part, int number, int share)
    {
        public HeapPart Part => part;

        public int Number => number;

        public int Made { get; set; }

        public long Bytes { get; set; }

        /// <summary>How far it is from its share; the least is made next.</summary>
        public double Progress => (double)Bytes / share;
    }

    private readonly record struct Kept(Pile Pile, object Value, long Bytes);

    /// <summary>Makes objects until so many bytes have been allocated.</summary>
    public void Fill(long bytes)
    {
        for (long made = 0; made < bytes; made += _kept[^1].Bytes)
        {
            _kept.Add(Make(_piles.MinBy(static pile => pile.Progress)!));
        }
    }

    /// <summary>Gives up a third of the objects, wherever they are, and makes others of their kind; twice.</summary>
    public void Churn()
    {
        for (int round = 0; round < ChurnRounds; round++)
        {
            for (int i = 0; i < _kept.Count; i++)
            {
                if (_random.Next(ChurnedShare) == 0)
                {
                    Pile pile = _kept[i].Pile;
                    _kept[i] = default;
                    _kept[i] = Make(pile);
                }
            }
        }
    }

    private static HeapPart[] PartsOf(HeapProfile profile) =>
    [
        new RecordsPart(profile.HasCatalogue), new DocumentsPart(profile.HasRandomIdentifiers), new TreesPart(), new LogPart(profile.HasRandomIdentifiers),
        new NumbersPart(), new BuffersPart(profile.HasRandomIdentifiers), new TablesPart(), new SealedPart(),
    ];

    private Kept Make(Pile pile)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        object value = pile.Part.Make(new Random(HashOf(pile.Number, pile.Made++)), _words);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        pile.Bytes += bytes;
        return new Kept(pile, value, bytes);
    }

    /// <summary>Far apart for neighbours; <see cref="HashCode"/> differs from process to process.</summary>
    private int HashOf(int pile, int made) => unchecked(((((seed * 16_777_619) ^ pile) * 16_777_619) ^ made) * 16_777_619);
}
