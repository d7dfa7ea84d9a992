namespace TmemCore.Tool.Tests.Simulation;

/// <summary>Tries every victim at every put that wants room, and tells the fewest misses. For a few blocks, from 0 on.</summary>
internal sealed class BruteForce
{
    private readonly List<(bool IsGet, int Block)> _calls = [];
    private readonly Dictionary<(int Call, uint Held), int> _known = [];
    private readonly int _pages;
    private readonly bool _isExclusive;

    public BruteForce(ulong[] blocks, int pages, bool isExclusive, int guestPages)
    {
        _pages = pages;
        _isExclusive = isExclusive;
        var guest = new List<int>();
        foreach (int block in blocks.Select(block => (int)block))
        {
            if (!guest.Remove(block))
            {
                _calls.Add((true, block));
            }

            guest.Add(block);
            if (guest.Count > guestPages)
            {
                _calls.Add((false, guest[0]));
                guest.RemoveAt(0);
            }
        }
    }

    public int FewestMisses() => FewestFrom(0, 0);

    private int FewestFrom(int call, uint held)
    {
        if (call == _calls.Count)
        {
            return 0;
        }

        if (!_known.TryGetValue((call, held), out int fewest))
        {
            (bool isGet, int block) = _calls[call];
            fewest = isGet ? Get(call, held, 1u << block) : Put(call, held, 1u << block);
            _known.Add((call, held), fewest);
        }

        return fewest;
    }

    private int Get(int call, uint held, uint block) => (held & block) == 0
        ? 1 + FewestFrom(call + 1, held)
        : FewestFrom(call + 1, _isExclusive ? held & ~block : held);

    private int Put(int call, uint held, uint block)
    {
        if ((held & block) != 0 || System.Numerics.BitOperations.PopCount(held) < _pages)
        {
            return FewestFrom(call + 1, held | block);
        }

        int fewest = int.MaxValue;
        for (uint victim = 1; victim <= held; victim <<= 1)
        {
            fewest = (held & victim) == 0 ? fewest : Math.Min(fewest, FewestFrom(call + 1, (held & ~victim) | block));
        }

        return fewest;
    }
}
