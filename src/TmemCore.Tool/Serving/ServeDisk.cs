using System.Diagnostics.CodeAnalysis;
using TmemCore.Server.Nbd;

namespace TmemCore.Tool.Serving;

/// <summary>One disk in the file of settings.</summary>
internal sealed record ServeDisk
{
    /// <summary>What a disk looks like on the command line, for messages.</summary>
    public const string Forms = "NAME=SIZE or NAME=SIZE,spill=PATH, such as swap=2GiB";

    private const string SpillWord = "spill=";

    /// <summary>The name that its clients ask for.</summary>
    public string? Name { get; init; }

    /// <summary>Its size.</summary>
    public string? Size { get; init; }

    /// <summary>Where what memory refuses goes; without it, memory is reserved for all of the disk.</summary>
    public string? Spill { get; init; }

    /// <summary>How its pages are made smaller.</summary>
    public string? Compress { get; init; }

    /// <summary>The most memory that it takes, if it has somewhere to spill to.</summary>
    public string? Allowance { get; init; }

    /// <summary>Reads a disk as the command line has it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServeDisk? disk)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        string[] parts = text[(sign + 1)..].Split(',', 2);
        bool isSpillNamed = parts.Length < 2 || parts[1].StartsWith(SpillWord, StringComparison.Ordinal) && parts[1].Length > SpillWord.Length;
        disk = sign < 1 || !isSpillNamed
            ? null
            : new ServeDisk { Name = text[..sign], Size = parts[0], Spill = parts.Length < 2 ? null : parts[1][SpillWord.Length..] };
        return disk is not null;
    }

    /// <summary>The disk.</summary>
    /// <exception cref="FormatException">A setting is missing, or none of its kind; it is named.</exception>
    public PersistentDiskOptions ToExport()
    {
        if (Allowance is not null && Spill is null)
        {
            throw new FormatException($"disks.allowance of {Name} is \"{Allowance}\"; without disks.spill all of the disk is reserved");
        }

        return new PersistentDiskOptions
        {
            Name = Name ?? throw new FormatException("disks has one without a name"),
            SizeBytes = ServeSettings.Size(Size ?? throw new FormatException($"disks.size of {Name} is missing"), "disks.size"),
            SpillPath = Spill,
            Compression = Compress is null ? null : ServeSettings.CompressionOf(Compress, "disks.compress"),
            AllowanceBytes = Allowance is null ? long.MaxValue : ServeSettings.Size(Allowance, "disks.allowance"),
        };
    }
}
