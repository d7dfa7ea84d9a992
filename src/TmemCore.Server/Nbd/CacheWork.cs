using System.Runtime.Versioning;

namespace TmemCore.Server.Nbd;

/// <summary>
/// A piece of a request to a cache that may have to wait for the backing, and the memory that it needs. It runs on a thread of the pool; the connection's own
/// thread makes it ready, and answers when it has ended.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class CacheWork(CacheDisk disk) : IThreadPoolWorkItem
{
    private const int PageBytes = TmemPool.PageBytes;

    /// <summary>A piece may begin and end within a page.</summary>
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(NbdBuffers.PieceBytes + (2 * PageBytes), pinned: true);

    private readonly PageScratch _scratch = new();
    private CacheTransmission? _owner;
    private NbdCommand _command;
    private NbdCommandFlags _flags;
    private long _length;

    /// <summary>What it is a piece of.</summary>
    public CacheRequest? Request { get; private set; }

    /// <summary>Its first byte on the disk.</summary>
    public long Offset { get; private set; }

    /// <summary>What has become of it.</summary>
    public NbdError Error { get; private set; }

    /// <summary>The bytes that it has read, or is to write: 256 KiB at most.</summary>
    public Span<byte> Data => _buffer.AsSpan((int)(Offset % PageBytes), (int)_length);

    /// <summary>Says what it is.</summary>
    public void Prepare(CacheTransmission owner, CacheRequest request, long offset, long length)
    {
        _owner = owner;
        Request = request;
        Offset = offset;
        _length = length;
        _command = request.Request.Command;
        _flags = request.Request.Flags;
        Error = NbdError.None;
    }

    /// <summary>Forgets whose it was.</summary>
    public void Clear()
    {
        _owner = null;
        Request = null;
    }

    /// <inheritdoc/>
    public void Execute() => _ = RunAsync();

    /// <summary>Does it, and tells the connection.</summary>
    private async Task RunAsync()
    {
        try
        {
            Error = await DoAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The host is disposed under the server, for one. Whatever it is, the client is told, and the connection goes on.
            Error = NbdError.InputOutput;
        }

        _owner!.Complete(this);
    }

    /// <summary>Does it on the caller's time.</summary>
    public async ValueTask<NbdError> DoAsync()
    {
        switch (_command)
        {
            case NbdCommand.Read or NbdCommand.Cache:
                long first = Offset / PageBytes;
                int bytes = (int)((Offset + _length + PageBytes - 1) / PageBytes - first) * PageBytes;
                return await disk.ReadAsync(first, _buffer.AsMemory(0, bytes), _scratch).ConfigureAwait(false);
            case NbdCommand.Write:
                return await disk.WriteAsync(
                    Offset,
                    _buffer.AsMemory((int)(Offset % PageBytes), (int)_length),
                    (_flags & NbdCommandFlags.ForceUnitAccess) != 0,
                    _scratch).ConfigureAwait(false);
            case NbdCommand.WriteZeroes:
                return await disk.ZeroAsync(Offset, _length, _flags).ConfigureAwait(false);
            case NbdCommand.Trim:
                return await disk.TrimAsync(Offset, _length, _flags).ConfigureAwait(false);
            default:
                return await disk.FlushAsync().ConfigureAwait(false);
        }
    }
}
