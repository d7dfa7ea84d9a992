using System.Diagnostics.CodeAnalysis;
using TmemCore.Server.Nbd;

namespace TmemCore.Tool.Serving;

/// <summary>One cache in the file of settings.</summary>
internal sealed record ServeCache
{
    /// <summary>What a cache looks like on the command line, for messages.</summary>
    public const string Forms = "NAME=BACKING, such as image=/srv/image.raw";

    /// <summary>The name that its clients ask for.</summary>
    public string? Name { get; init; }

    /// <summary>What it stands in front of: a file, a block device, or an NBD server.</summary>
    public string? Backing { get; init; }

    /// <summary>Whether nothing may be written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>How its pages are made smaller.</summary>
    public string? Compress { get; init; }

    /// <summary>Its weight against other clients of the host.</summary>
    public int? Weight { get; init; }

    /// <summary>The most memory that it takes.</summary>
    public string? Cap { get; init; }

    /// <summary>Reads a cache as the command line has it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServeCache? cache)
    {
        int sign = text.IndexOf('=', StringComparison.Ordinal);
        cache = sign < 1 || sign == text.Length - 1 ? null : new ServeCache { Name = text[..sign], Backing = text[(sign + 1)..] };
        return cache is not null;
    }

    /// <summary>The cache.</summary>
    /// <exception cref="FormatException">A setting is missing, or none of its kind; it is named.</exception>
    public CacheDiskOptions ToExport() => new()
    {
        Name = Name ?? throw new FormatException("caches has one without a name"),
        Backing = Backing ?? throw new FormatException($"caches.backing of {Name} is missing"),
        IsReadOnly = ReadOnly,
        Compression = Compress is null ? null : ServeSettings.CompressionOf(Compress, "caches.compress"),
        Weight = Weight,
        CapBytes = Cap is null ? 0 : ServeSettings.Size(Cap, "caches.cap"),
    };
}
