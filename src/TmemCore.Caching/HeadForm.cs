namespace TmemCore.Caching;

/// <summary>Where the parts of a value are.</summary>
internal enum HeadForm : byte
{
    /// <summary>Key and value are in the head.</summary>
    Inline,

    /// <summary>The key is in the head, the value in chunks.</summary>
    Chunked,

    /// <summary>The key is too long for the head: it comes before the value, in chunks.</summary>
    KeyInChunks,
}
