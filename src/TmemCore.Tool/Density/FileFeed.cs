using System.Globalization;
using TmemCore.Tool.Guest;

namespace TmemCore.Tool.Density;

/// <summary>The pages of files, the last one of each filled up with zeros.</summary>
internal sealed class FileFeed(FileSet files, Action<string, string> onSkipped) : PageFeed
{
    private readonly DiskReader _reader = new(onSkipped);

    /// <inheritdoc/>
    public override int Pages => files.Pages;

    /// <inheritdoc/>
    public override string Description =>
        string.Create(CultureInfo.InvariantCulture, $"{files.Files.Count:N0} {(files.Files.Count == 1 ? "file" : "files")}");

    /// <inheritdoc/>
    public override bool TryRead(int number, Span<byte> page)
    {
        GuestFile file = files.FileOf(number);
        return !file.IsLost && _reader.TryRead(file, number - file.FirstPage, page);
    }

    /// <inheritdoc/>
    public override void Dispose() => _reader.Dispose();
}
