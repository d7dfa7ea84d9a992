using Microsoft.Win32.SafeHandles;

namespace TmemCore.Tool.Guest;

/// <summary>A temporary file of pages, deleted when it is closed.</summary>
internal sealed class SwapFile : IDisposable
{
    private readonly SafeFileHandle _handle = File.OpenHandle(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.None,
        FileOptions.DeleteOnClose);

    /// <summary>Writes a page.</summary>
    public void Write(int slot, ReadOnlySpan<byte> page) => RandomAccess.Write(_handle, page, OffsetOf(slot));

    /// <summary>Reads a page that was written.</summary>
    /// <exception cref="EndOfStreamException">It was not.</exception>
    public void Read(int slot, Span<byte> page)
    {
        if (RandomAccess.Read(_handle, page, OffsetOf(slot)) != page.Length)
        {
            throw new EndOfStreamException($"The swap file ends before page {slot}.");
        }
    }

    /// <summary>Closes the file, and with it deletes it.</summary>
    public void Dispose() => _handle.Dispose();

    private static long OffsetOf(int slot) => (long)slot * TmemPool.PageBytes;
}
