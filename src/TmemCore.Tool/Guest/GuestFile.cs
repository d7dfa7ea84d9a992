namespace TmemCore.Tool.Guest;

/// <summary>A file that the guest reads: an object whose pages are the file's blocks of 4,096 bytes.</summary>
internal sealed class GuestFile
{
    /// <summary>Where it is.</summary>
    public required string Path { get; init; }

    /// <summary>The object id, an inode in a real system.</summary>
    public required ObjectId ObjectId { get; init; }

    /// <summary>The number of its first page among the pages of all files.</summary>
    public required int FirstPage { get; init; }

    /// <summary>Its pages; the last one is filled up with zeros.</summary>
    public required int Pages { get; init; }

    /// <summary>Whether reading it has failed since it was found.</summary>
    public bool IsLost { get; set; }
}
