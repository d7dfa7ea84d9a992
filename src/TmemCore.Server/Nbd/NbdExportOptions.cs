using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>Something that an <see cref="NbdServer"/> serves as a disk: a <see cref="PersistentDiskOptions"/> or a <see cref="CacheDiskOptions"/>.</summary>
public abstract record NbdExportOptions
{
    private const int MostNameBytes = 255;

    private protected NbdExportOptions()
    {
    }

    /// <summary>The name that clients ask for, 1 to 255 bytes of UTF-8 without control characters; no two of a server are alike. Without a name they get its first export.</summary>
    public required string Name { get; init; }

    internal virtual void Validate()
    {
        ArgumentNullException.ThrowIfNull(Name);
        int bytes = System.Text.Encoding.UTF8.GetByteCount(Name);
        if (bytes is 0 or > MostNameBytes || Name.Any(char.IsControl))
        {
            throw new ArgumentOutOfRangeException(
                nameof(Name), Name, $"{nameof(Name)} is \"{Name}\"; an export's name has 1 to {MostNameBytes} bytes, and no control characters.");
        }
    }

    internal abstract NbdExport Open(TmemHost host, NbdServerOptions server);

    /// <summary>Goes on with what another process has served under this name. Nothing is changed before <see cref="NbdExport.Resume"/>.</summary>
    internal abstract NbdExport Adopt(TmemHost host, NbdServerOptions server, ReceivedDisks received);

    /// <summary>What a successor's settings must have in common with the other's, in words for people.</summary>
    internal abstract string Identity { get; }
}
