using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>A file or a block device. Every call is done when it returns: callers have a thread for it.</summary>
internal sealed class FileBacking : IBacking
{
    /// <summary>ENOSPC, EFBIG and EDQUOT of Linux, as the runtime passes them on.</summary>
    private const int NoSpace = 28;
    private const int TooLarge = 27;
    private const int OverQuota = 122;

    private const int ZeroBytes = 256 << 10;

    private static readonly byte[] s_zeros = new byte[ZeroBytes];

    private readonly string _path;
    private readonly SafeFileHandle _file;

    private FileBacking(string path, bool isReadOnly, long sizeBytes, SafeFileHandle file)
    {
        _path = path;
        _file = file;
        IsReadOnly = isReadOnly;
        SizeBytes = sizeBytes;
    }

    /// <summary>Opens it.</summary>
    /// <exception cref="IOException">It is not there, or somebody else has it open.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not.</exception>
    public FileBacking(string path, bool isReadOnly)
    {
        _path = path;
        IsReadOnly = isReadOnly;
        _file = File.OpenHandle(path, FileMode.Open, isReadOnly ? FileAccess.Read : FileAccess.ReadWrite, isReadOnly ? FileShare.Read : FileShare.None);
        SizeBytes = Native.LengthOf(_file);
        if (SizeBytes < 0)
        {
            _file.Dispose();
            throw new IOException($"{path} is neither a file nor a block device: nothing can be read at a place in it.");
        }
    }

    /// <summary>Goes on with a file that another process has open; it is the one that was opened there, whatever is at the path now.</summary>
    /// <exception cref="InvalidDataException">No file was handed over.</exception>
    public static FileBacking Adopt(string path, bool isReadOnly, HandedBacking handed) => handed.File is SafeFileHandle file
        ? new(path, isReadOnly, handed.SizeBytes, file)
        : throw new InvalidDataException($"{path} was not handed over as an open file.");

    /// <inheritdoc/>
    public long SizeBytes { get; }

    /// <inheritdoc/>
    public bool IsReadOnly { get; }

    /// <inheritdoc/>
    public string Description => _path;

    /// <inheritdoc/>
    public Action? Lost { get; set; }

    /// <inheritdoc/>
    public ValueTask<NbdError> ReadAsync(long offset, Memory<byte> buffer)
    {
        try
        {
            int read = 0;
            while (read < buffer.Length)
            {
                int part = RandomAccess.Read(_file, buffer.Span[read..], offset + read);
                if (part == 0)
                {
                    // Somebody has cut the file off.
                    return ValueTask.FromResult(NbdError.InputOutput);
                }

                read += part;
            }

            return ValueTask.FromResult(NbdError.None);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return ValueTask.FromResult(ErrorOf(e));
        }
    }

    /// <inheritdoc/>
    public ValueTask<NbdError> WriteAsync(long offset, ReadOnlyMemory<byte> data, bool isForced)
    {
        try
        {
            RandomAccess.Write(_file, data.Span, offset);
            return isForced ? FlushAsync() : ValueTask.FromResult(NbdError.None);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return ValueTask.FromResult(ErrorOf(e));
        }
    }

    /// <inheritdoc/>
    public ValueTask<NbdError> ZeroAsync(long offset, long length, NbdCommandFlags flags)
    {
        bool isDone = (flags & NbdCommandFlags.NoHole) != 0
            ? Native.TryZeroRange(_file, offset, length)
            : Native.TryPunchHole(_file, offset, length) || Native.TryZeroRange(_file, offset, length);
        if (!isDone && (flags & NbdCommandFlags.FastZero) != 0)
        {
            return ValueTask.FromResult(NbdError.NotSupported);
        }

        try
        {
            for (; !isDone && length > 0; length -= ZeroBytes, offset += ZeroBytes)
            {
                RandomAccess.Write(_file, s_zeros.AsSpan(0, (int)Math.Min(length, ZeroBytes)), offset);
            }

            return (flags & NbdCommandFlags.ForceUnitAccess) != 0 ? FlushAsync() : ValueTask.FromResult(NbdError.None);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return ValueTask.FromResult(ErrorOf(e));
        }
    }

    /// <inheritdoc/>
    public ValueTask<NbdError> TrimAsync(long offset, long length, bool isForced)
    {
        // A hint: a file system without holes leaves things as they are.
        _ = Native.TryPunchHole(_file, offset, length);
        return isForced ? FlushAsync() : ValueTask.FromResult(NbdError.None);
    }

    /// <inheritdoc/>
    public ValueTask<NbdError> FlushAsync()
    {
        try
        {
            if (!IsReadOnly)
            {
                RandomAccess.FlushToDisk(_file);
            }

            return ValueTask.FromResult(NbdError.None);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return ValueTask.FromResult(ErrorOf(e));
        }
    }

    /// <inheritdoc/>
    public ValueTask<HandedBacking> PauseAsync() => ValueTask.FromResult(new HandedBacking(SizeBytes, Flags: 0, _file));

    /// <inheritdoc/>
    public void Resume()
    {
        // A file does not move by itself.
    }

    /// <inheritdoc/>
    public void Leave()
    {
        // The handle as it is would take the lock off when it is closed, and the successor has the same lock.
        using var plain = new SafeFileHandle(_file.DangerousGetHandle(), ownsHandle: true);
        _file.SetHandleAsInvalid();
    }

    /// <inheritdoc/>
    public void Stop()
    {
        // Nothing of a file's waits for long.
    }

    public void Dispose() => _file.Dispose();

    private static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException or ObjectDisposedException;

    private static NbdError ErrorOf(Exception e) => e.HResult is NoSpace or TooLarge or OverQuota ? NbdError.NoSpace : NbdError.InputOutput;
}
