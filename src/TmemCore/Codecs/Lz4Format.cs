namespace TmemCore.Codecs;

/// <summary>
/// What the LZ4 block format says. A block is a row of sequences: a token, literals, and a match, which is a distance back
/// and a length. The token has four bits for each of the two lengths; fifteen means that bytes follow that are added to it,
/// up to the first that is not 255. The last sequence has literals alone.
/// </summary>
internal static class Lz4Format
{
    /// <summary>The shortest match; lengths of matches are written less this.</summary>
    public const uint MinimumMatch = 4;

    /// <summary>As many bytes in the end are always literals.</summary>
    public const uint LastLiterals = 5;

    /// <summary>No match begins in so many last bytes.</summary>
    public const uint LastMatchMargin = 12;

    /// <summary>A length that does not fit its half of the token.</summary>
    public const uint LongLength = 15;

    /// <summary>A length of which at least two bytes follow the token.</summary>
    public const uint LongerLength = LongLength + byte.MaxValue;
}
