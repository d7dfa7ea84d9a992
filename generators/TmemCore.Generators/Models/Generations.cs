namespace TmemCore.Generators.Models;

/// <summary>A range of generations, both ends included.</summary>
internal readonly record struct Generations(int Since, int Until)
{
    public static Generations All => new(0, AbiPoint.GenerationCount - 1);

    public bool IsEmpty => Since > Until || Since < 0 || Until >= AbiPoint.GenerationCount;

    public bool Contains(int generation) => generation >= Since && generation <= Until;

    public bool Overlaps(Generations other) => Since <= other.Until && other.Since <= Until;
}

/// <summary>A generation and a word size: what <c>TmemAbi</c> is at run time, with the same index.</summary>
internal readonly record struct AbiPoint(int Generation, bool Is64)
{
    public const int GenerationCount = 5;

    /// <summary>The names of the enumeration's members. A test holds them against the enumeration.</summary>
    private static readonly string[] s_names = ["V0May2009", "V0Aug2009", "V1Hypercall", "V1Sysctl46", "V1Sysctl48"];

    public int Index => (Generation * 2) + (Is64 ? 0 : 1);

    /// <summary>A name for constants, such as V1HypercallX64.</summary>
    public string Name => GenerationName(Generation) + (Is64 ? "X64" : "X86");

    public static string GenerationName(int generation) => s_names[generation];

    public static AbiPoint FromIndex(int index) => new(index / 2, index % 2 == 0);
}
