using System.Globalization;

namespace TmemCore.Abi;

/// <summary>
/// What it takes to read an op: the generation of the interface and the caller's word size. Every generated reader and
/// writer takes one. The default value is the oldest generation with 64-bit words.
/// </summary>
public readonly record struct TmemAbi
{
    private const int GenerationCount = (int)AbiGeneration.V1Sysctl48 + 1;

    private readonly byte _index;

    /// <summary>Combines a generation with a word size.</summary>
    /// <param name="generation">One of the five generations.</param>
    /// <param name="wordSize">The caller's word size; 64 bits unless told otherwise.</param>
    /// <exception cref="ArgumentOutOfRangeException">Either value is not a member of its enumeration.</exception>
    public TmemAbi(AbiGeneration generation, AbiWordSize wordSize = AbiWordSize.Bits64)
    {
        if (generation > AbiGeneration.V1Sysctl48)
        {
            throw new ArgumentOutOfRangeException(
                nameof(generation), generation, $"A generation is a number from 0 to {GenerationCount - 1}.");
        }

        if (wordSize > AbiWordSize.Bits32)
        {
            throw new ArgumentOutOfRangeException(nameof(wordSize), wordSize, "A word has 64 (0) or 32 (1) bits.");
        }

        _index = (byte)(((int)generation << 1) | (int)wordSize);
    }

    /// <summary>The generation.</summary>
    public AbiGeneration Generation => (AbiGeneration)(_index >> 1);

    /// <summary>The caller's word size.</summary>
    public AbiWordSize WordSize => (AbiWordSize)(_index & 1);

    /// <summary>Twice the generation's number, plus one for 32 bits: generated code switches on it.</summary>
    public int Index => _index;

    /// <summary>Every generation in both word sizes, the 64-bit ones first, each from oldest to newest.</summary>
    /// <returns>Ten values.</returns>
    public static IEnumerable<TmemAbi> All()
    {
        for (int index = 0; index < 2 * GenerationCount; index++)
        {
            yield return new TmemAbi((AbiGeneration)(index % GenerationCount), (AbiWordSize)(index / GenerationCount));
        }
    }

    /// <summary>The generation and the word size.</summary>
    /// <returns>For example <c>V1Hypercall/Bits64</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Generation}/{WordSize}");
}
