namespace TmemCore;

/// <summary>
/// How pages become smaller when they are put. Changing it concerns later puts only: what is stored stays as it is, and readable.
/// A page that does not get smaller by an eighth is kept whole; where one after the other does not, most are not tried any more.
/// An ephemeral page that is whole stays so when it is put over.
/// </summary>
public enum PageCompression
{
    /// <summary>Pages are kept whole.</summary>
    None = 0,

    /// <summary>Pages that are one word of eight bytes over and over, as zero pages are, take no memory but their descriptors.</summary>
    SameFilled = 1,

    /// <summary>The LZ4 block format, besides <see cref="SameFilled"/>: fast; about half the size on pages of processes.</summary>
    Lz4 = 2,

    /// <summary>Zstandard, besides <see cref="SameFilled"/>: a third less than LZ4 leaves, at two to four times its time.</summary>
    Zstandard = 3,
}
