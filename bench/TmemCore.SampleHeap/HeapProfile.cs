namespace TmemCore.SampleHeap;

/// <summary>How much there is of each kind, and how much of it comes again.</summary>
internal sealed class HeapProfile
{
    private readonly Dictionary<string, int> _shares;

    private HeapProfile(string name, Dictionary<string, int> shares)
    {
        Name = name;
        _shares = shares;
    }

    /// <summary>Compresses as heaps of processes commonly do.</summary>
    public static HeapProfile Typical { get; } = new("typical", new()
    {
        ["records"] = 37,
        ["documents"] = 12,
        ["trees"] = 20,
        ["log"] = 15,
        ["numbers"] = 4,
        ["buffers"] = 5,
        ["tables"] = 5,
        ["sealed"] = 2,
    })
    {
        HasRandomIdentifiers = false,
        HasCatalogue = true,
    };

    /// <summary>Compresses as the worst of the heaps that were measured for it.</summary>
    public static HeapProfile Hard { get; } = new("hard", new()
    {
        ["records"] = 25,
        ["documents"] = 20,
        ["trees"] = 10,
        ["log"] = 10,
        ["numbers"] = 10,
        ["buffers"] = 5,
        ["tables"] = 10,
        ["sealed"] = 10,
    })
    {
        HasRandomIdentifiers = true,
        HasCatalogue = false,
    };

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<HeapProfile> All { get; } = [Typical, Hard];

    /// <summary>What it is called, for people.</summary>
    public string Name { get; }

    /// <summary>Whether identifiers of items and requests are drawn by chance, or counted as databases and servers do.</summary>
    public required bool HasRandomIdentifiers { get; init; }

    /// <summary>Whether a tenant sells the same products to all customers, or none is sold twice.</summary>
    public required bool HasCatalogue { get; init; }

    /// <summary>The share of a kind of the bytes allocated, in percent.</summary>
    public int ShareOf(HeapPart part) => _shares[part.Name];
}
