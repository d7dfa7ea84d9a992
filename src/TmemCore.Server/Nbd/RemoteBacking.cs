using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// An export of another NBD server. Many requests may be under way on its one connection. When that breaks, what was under way fails, all that was known is
/// forgotten, since the other side may have lost what it had not made durable, and the next request connects anew. Thread-safe.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class RemoteBacking : IBacking
{
    /// <summary>The most that is written as data in one request, where the other side cannot make zeros by itself.</summary>
    private const int ZeroBytes = 256 << 10;

    private static readonly byte[] s_zeros = new byte[ZeroBytes];

    private readonly NbdAddress _address;
    private readonly TimeSpan _timeout;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly NbdExportFlags _flags;
    private SafeFileHandle? _handed;

    /// <summary>Null where another process had none that was whole.</summary>
    private RemoteLink? _link;

    private RemoteBacking(NbdAddress address, TimeSpan timeout, long sizeBytes, NbdExportFlags flags)
    {
        _address = address;
        _timeout = timeout;
        _flags = flags;
        SizeBytes = sizeBytes;
    }

    /// <inheritdoc/>
    public long SizeBytes { get; }

    /// <inheritdoc/>
    public bool IsReadOnly => (_flags & NbdExportFlags.ReadOnly) != 0;

    /// <inheritdoc/>
    public string Description => _address.ToString();

    /// <inheritdoc/>
    public Action? Lost { get; set; }

    /// <summary>Connects to a server, and agrees on the export.</summary>
    /// <param name="address">Where.</param>
    /// <param name="timeout">The longest that it may take, now and whenever it has to connect anew.</param>
    /// <exception cref="IOException">Nobody answers as an NBD server does, or it has not got the export.</exception>
    public static RemoteBacking Connect(NbdAddress address, TimeSpan timeout)
    {
        RemoteLink link = RemoteLink.ConnectAsync(address, timeout, CancellationToken.None).GetAwaiter().GetResult();
        return new RemoteBacking(address, timeout, link.SizeBytes, link.Flags) { _link = link };
    }

    /// <summary>Goes on with the connection of another process once it is resumed: a server that lets in one client at a time has no place for a second.</summary>
    public static RemoteBacking Adopt(NbdAddress address, TimeSpan timeout, HandedBacking handed) =>
        new(address, timeout, handed.SizeBytes, (NbdExportFlags)handed.Flags) { _handed = (SafeFileHandle?)handed.File };

    /// <inheritdoc/>
    public ValueTask<NbdError> ReadAsync(long offset, Memory<byte> buffer) =>
        CallAsync(NbdCommand.Read, NbdCommandFlags.None, offset, buffer.Length, default, buffer);

    /// <inheritdoc/>
    public async ValueTask<NbdError> WriteAsync(long offset, ReadOnlyMemory<byte> data, bool isForced)
    {
        NbdError error = await CallAsync(NbdCommand.Write, ForceOf(isForced), offset, data.Length, data, default).ConfigureAwait(false);
        return await ForceAsync(error, isForced).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<NbdError> ZeroAsync(long offset, long length, NbdCommandFlags flags)
    {
        bool isForced = (flags & NbdCommandFlags.ForceUnitAccess) != 0;
        bool isFast = (flags & NbdCommandFlags.FastZero) != 0;
        if (isFast && !Can(NbdExportFlags.SendFastZero))
        {
            return NbdError.NotSupported;
        }

        NbdError error = NbdError.None;
        if (Can(NbdExportFlags.SendWriteZeroes))
        {
            NbdCommandFlags passed = (flags & (NbdCommandFlags.NoHole | NbdCommandFlags.FastZero)) | ForceOf(isForced);
            error = await CallAsync(NbdCommand.WriteZeroes, passed, offset, length, default, default).ConfigureAwait(false);
        }
        else
        {
            for (; length > 0 && error == NbdError.None; offset += ZeroBytes, length -= ZeroBytes)
            {
                error = await WriteAsync(offset, s_zeros.AsMemory(0, (int)Math.Min(length, ZeroBytes)), isForced: false).ConfigureAwait(false);
            }

            return error == NbdError.None && isForced ? await FlushAsync().ConfigureAwait(false) : error;
        }

        return await ForceAsync(error, isForced).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<NbdError> TrimAsync(long offset, long length, bool isForced)
    {
        if (!Can(NbdExportFlags.SendTrim))
        {
            return NbdError.None;
        }

        NbdError error = await CallAsync(NbdCommand.Trim, ForceOf(isForced), offset, length, default, default).ConfigureAwait(false);
        return await ForceAsync(error, isForced).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask<NbdError> FlushAsync() => Can(NbdExportFlags.SendFlush)
        ? CallAsync(NbdCommand.Flush, NbdCommandFlags.None, 0, 0, default, default)
        : ValueTask.FromResult(NbdError.None);

    /// <inheritdoc/>
    public async ValueTask<HandedBacking> PauseAsync() =>
        new(SizeBytes, (int)_flags, _link is null ? null : await _link.PauseAsync().ConfigureAwait(false));

    /// <inheritdoc/>
    public void Resume()
    {
        if (_handed is SafeFileHandle socket)
        {
            _handed = null;
            _link = RemoteLink.Adopt(ReceivedParts.SocketOf(socket), SizeBytes, _flags);
        }
        else
        {
            _link?.Resume();
        }
    }

    /// <inheritdoc/>
    public void Leave() => _link?.Leave();

    /// <inheritdoc/>
    public void Stop()
    {
        _stop.Cancel();
        _link?.Dispose();
    }

    public void Dispose()
    {
        Stop();
        _connecting.Dispose();
    }

    private bool Can(NbdExportFlags flag) => (_flags & flag) != 0;

    private NbdCommandFlags ForceOf(bool isForced) =>
        isForced && Can(NbdExportFlags.SendForceUnitAccess) ? NbdCommandFlags.ForceUnitAccess : NbdCommandFlags.None;

    /// <summary>Makes durable what the other side has no flag for.</summary>
    private ValueTask<NbdError> ForceAsync(NbdError error, bool isForced) =>
        error == NbdError.None && isForced && !Can(NbdExportFlags.SendForceUnitAccess) ? FlushAsync() : ValueTask.FromResult(error);

    private async ValueTask<NbdError> CallAsync(
        NbdCommand command, NbdCommandFlags flags, long offset, long length, ReadOnlyMemory<byte> payload, Memory<byte> target)
    {
        try
        {
            RemoteLink link = await LinkAsync().ConfigureAwait(false);
            return await link.CallAsync(command, flags, offset, (uint)length, payload, target).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            return NbdError.InputOutput;
        }
    }

    /// <summary>The connection, or another when it is broken.</summary>
    private async ValueTask<RemoteLink> LinkAsync()
    {
        if (Volatile.Read(ref _link) is { IsBroken: false } link)
        {
            return link;
        }

        await _connecting.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            if (_link is { IsBroken: false } another)
            {
                return another;
            }

            RemoteLink next = await RemoteLink.ConnectAsync(_address, _timeout, _stop.Token).ConfigureAwait(false);
            if (next.SizeBytes != SizeBytes || next.Flags != _flags)
            {
                next.Dispose();
                throw new IOException($"{_address} is another export than before.");
            }

            // Before anything is read by the new connection: what the old one had written may be gone.
            Lost?.Invoke();
            Volatile.Write(ref _link, next);
            if (_stop.IsCancellationRequested)
            {
                next.Dispose();
            }

            return next;
        }
        finally
        {
            _connecting.Release();
        }
    }
}
