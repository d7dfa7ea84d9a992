using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Server.Nbd;

/// <summary>
/// Where the pages of a disk go that the store has refused: a sparse file, each page at the place that it has on the disk. The file has no name once it is
/// made, so that the system takes it back however the process ends. Thread-safe; what happens to one page at a time is the caller's to order.
/// </summary>
[SupportedOSPlatform("linux")]
internal class SpillFile : IDisposable
{
    private const int PageBytes = TmemPool.PageBytes;

    private readonly SafeFileHandle _file;
    private readonly FileStream _owner;
    private bool _hasNoHoles;

    /// <summary>Makes the file.</summary>
    /// <param name="path">A path where nothing is, or a folder.</param>
    /// <param name="sizeBytes">The size of the disk.</param>
    /// <exception cref="IOException">Something is there, or the file system does not have files so large.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not to be written to.</exception>
    public SpillFile(string path, long sizeBytes)
    {
        string name = Directory.Exists(path) ? Path.Combine(path, $".tmem-spill-{Guid.NewGuid():N}") : path;
        _owner = new FileStream(name, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        _file = _owner.SafeFileHandle;
        System.IO.File.Delete(name);
        try
        {
            RandomAccess.SetLength(_file, ((sizeBytes + PageBytes - 1) / PageBytes) * PageBytes);
        }
        catch
        {
            _owner.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a file that another process has had.</summary>
    /// <param name="file">The file, which is this object's from now on.</param>
    public SpillFile(SafeFileHandle file)
    {
        _owner = new FileStream(file, FileAccess.ReadWrite, bufferSize: 0);
        _file = file;
    }

    /// <summary>The file, for a successor.</summary>
    public SafeFileHandle File => _file;

    /// <summary>Writes a page.</summary>
    /// <returns>False when the file system could not; what the page was before may be lost.</returns>
    public virtual bool TryWrite(long page, ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file, bytes, page * PageBytes);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads neighbouring pages.</summary>
    /// <returns>False when the file system could not.</returns>
    public bool TryRead(long page, Span<byte> bytes)
    {
        try
        {
            int read = 0;
            while (read < bytes.Length)
            {
                int part = RandomAccess.Read(_file, bytes[read..], (page * PageBytes) + read);
                if (part == 0)
                {
                    return false;
                }

                read += part;
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Gives the room of neighbouring pages back; on a file system that knows no holes it stays the file's, to be used again.</summary>
    public void Free(long page, int count) =>
        _hasNoHoles = _hasNoHoles || !Native.TryPunchHole(_file, page * PageBytes, (long)count * PageBytes);

    public void Dispose() => _owner.Dispose();
}
