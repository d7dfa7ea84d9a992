using Microsoft.Win32.SafeHandles;

namespace TmemCore.Tool.Guest;

/// <summary>Reads blocks of files. The file read last stays open for the next block of it.</summary>
internal sealed class DiskReader(Action<string, string> onSkipped) : IDisposable
{
    private GuestFile? _current;
    private SafeFileHandle? _handle;

    /// <summary>Reads a block; what lies behind the end of the file is zero.</summary>
    /// <param name="file">The file.</param>
    /// <param name="block">The block's number in the file.</param>
    /// <param name="page">Exactly 4,096 bytes.</param>
    /// <returns>False when it cannot be read: the file is named, and lost from then on.</returns>
    public bool TryRead(GuestFile file, int block, Span<byte> page)
    {
        try
        {
            if (_current != file)
            {
                Dispose();
                _handle = File.OpenHandle(file.Path);
                _current = file;
            }

            long offset = (long)block * TmemPool.PageBytes;
            int filled = 0;
            int read;
            while (filled < page.Length && (read = RandomAccess.Read(_handle!, page[filled..], offset + filled)) > 0)
            {
                filled += read;
            }

            page[filled..].Clear();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.IsLost = true;
            onSkipped(file.Path, e.Message);
            return false;
        }
    }

    /// <summary>Closes the open file.</summary>
    public void Dispose()
    {
        _handle?.Dispose();
        _handle = null;
        _current = null;
    }
}
