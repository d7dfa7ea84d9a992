using System.Globalization;
using System.Numerics;
using System.Runtime.Versioning;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// A disk whose pages nobody else has: they are pages of a persistent pool, or lie in a spill file where the store has refused them. Which pages there are,
/// and where, is one bit each; a page is in one place at most. All that is done to the pages of an object is done under the lock that the object shares
/// with some others, so that a page is whole for every reader, and nothing happens between two halves of a write into a page. Nothing is allocated for a request.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed partial class PersistentDisk : NbdExport
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int ObjectPages = PageMap.ObjectPages;
    private const int ObjectBytes = PageMap.ObjectBytes;

    /// <summary>Locks, a power of two: many more than there are threads at a time.</summary>
    private const int Stripes = 1024;

    private readonly TmemClient _client;
    private readonly PersistentPool _pool;
    private readonly SpillFile? _spill;
    private readonly PageMap _kept;
    private readonly PageMap? _spilled;
    private readonly Lock[] _stripes = [.. Enumerable.Range(0, Stripes).Select(static _ => new Lock())];
    private readonly int _mostPayloadBytes;
    private readonly long _reservationBytes;

    /// <summary>Makes the disk, all of it zeros.</summary>
    /// <param name="host">Who keeps its pages.</param>
    /// <param name="options">What it is.</param>
    /// <param name="spill">Where pages go that the host refuses; its own from now on, whether or not this succeeds. Null to reserve memory for all of them.</param>
    /// <param name="mostPayloadBytes">The most that is read or written at once.</param>
    /// <exception cref="InsufficientMemoryException">The host has not got what the disk may need at worst.</exception>
    public PersistentDisk(TmemHost host, PersistentDiskOptions options, SpillFile? spill, int mostPayloadBytes)
        : base(options.Name, options.SizeBytes)
    {
        _mostPayloadBytes = mostPayloadBytes;
        _spill = spill;
        _reservationBytes = spill is null ? WorstCaseBytes(host, options.SizeBytes) : 0;
        try
        {
            long objects = (options.SizeBytes + ObjectBytes - 1) / ObjectBytes;
            _client = CreateClient(host, options, _reservationBytes);
            _pool = _client.CreatePersistentPool();
            _kept = new PageMap(objects);
            _spilled = spill is null ? null : new PageMap(objects);
        }
        catch
        {
            _client?.Dispose();
            spill?.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a disk that another process has served.</summary>
    /// <param name="host">Who keeps its pages.</param>
    /// <param name="options">What it is; of the size that it had.</param>
    /// <param name="handed">What it has had; its files are the disk's from now on.</param>
    /// <param name="mostPayloadBytes">The most that is read or written at once.</param>
    public PersistentDisk(TmemHost host, PersistentDiskOptions options, HandedDisk handed, int mostPayloadBytes)
        : base(options.Name, options.SizeBytes)
    {
        _mostPayloadBytes = mostPayloadBytes;
        _client = host.TryGetClient(handed.ClientId, out TmemClient? client)
            ? client
            : throw new InvalidDataException($"The pages of the disk {options.Name} are gone: an operator has ended the client that had them.");
        _pool = client.TryGetPool(handed.PoolId, out TmemPool? pool) && pool is PersistentPool persistent
            ? persistent
            : throw new InvalidDataException($"The disk {options.Name} had the pool {handed.PoolId}, which is not there.");
        long objects = (options.SizeBytes + ObjectBytes - 1) / ObjectBytes;
        _kept = new PageMap(objects, handed.Kept);
        _spilled = handed.Spill is null ? null : new PageMap(objects, handed.Spilled);
        _spill = handed.Spill is null ? null : new SpillFile(handed.Spill);
        _reservationBytes = _spill is null ? WorstCaseBytes(host, options.SizeBytes) : 0;
    }

    /// <inheritdoc/>
    public override void Send(TakeoverChannel channel)
    {
        // An operator may have ended the client, and its id may be another's since.
        bool isThere = _client.Host.TryGetClient(_client.Id, out TmemClient? living) && living == _client;
        HandedDisk.Send(channel, Name, SizeBytes, isThere ? _client.Id : HandedConnection.NoClient, _pool.Id, _kept, _spilled, _spill);
    }

    /// <inheritdoc/>
    public override string Description => _spill is null
        ? string.Create(CultureInfo.InvariantCulture, $"persistent disk, {_reservationBytes:N0} bytes reserved for it")
        : "persistent disk, what memory refuses goes to a spill file";

    /// <inheritdoc/>
    public override long SpilledBytes => _spilled is null ? 0 : _spilled.Count * PageBytes;

    /// <inheritdoc/>
    public override NbdExportFlags Flags =>
        NbdExportFlags.SendFlush | NbdExportFlags.SendForceUnitAccess | NbdExportFlags.SendTrim | NbdExportFlags.SendWriteZeroes
        | NbdExportFlags.CanMultiConnect | NbdExportFlags.SendCache | NbdExportFlags.SendFastZero;

    /// <summary>What a disk takes at worst: no page gets smaller, and all are there.</summary>
    public static long WorstCaseBytes(TmemHost host, long sizeBytes) =>
        host.Store.MostBytesOfPersistent((sizeBytes + PageBytes - 1) / PageBytes);

    /// <inheritdoc/>
    public override string? Serve(NbdChannel channel, NbdConnectionState state, NbdBuffers buffers, NbdPauses pauses) =>
        new PersistentTransmission(channel, this, state, buffers.Scratch, pauses, _mostPayloadBytes).Run();

    /// <summary>
    /// Fills the disk with pages that get no smaller, then with such that do, and frees them: the host has the frames and tables for both from then on, and
    /// need not ask the system for any when memory is short.
    /// </summary>
    public override void Prepare()
    {
        if (_spill is not null)
        {
            return;
        }

        var scratch = new PageScratch();
        var pages = new byte[ObjectBytes];
        var random = new Random(0);
        foreach (int noiseBytes in (int[])[PageBytes, PageBytes / 4])
        {
            pages.AsSpan().Clear();
            for (int at = 0; at < pages.Length; at += PageBytes)
            {
                random.NextBytes(pages.AsSpan(at, noiseBytes));
            }

            for (long offset = 0; offset < SizeBytes; offset += ObjectBytes)
            {
                _ = Write(offset, pages.AsSpan(0, (int)Math.Min(ObjectBytes, SizeBytes - offset)), scratch);
            }

            _ = Trim(0, SizeBytes);
        }
    }

    /// <summary>How far a range is all of one kind, kept or not.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="length">Its bytes, 1 or more, all of them on the disk.</param>
    /// <param name="isHole">Whether nothing is kept for it, and it reads as zeros.</param>
    /// <returns>Bytes, 1 to <paramref name="length"/>.</returns>
    public long ExtentOf(long offset, long length, out bool isHole)
    {
        long page = offset / PageBytes;
        long end = (offset + length + PageBytes - 1) / PageBytes;
        isHole = ((PresentIn(page / ObjectPages) >> (int)(page % ObjectPages)) & 1) == 0;
        while (page < end)
        {
            ulong present = PresentIn(page / ObjectPages);
            ulong others = (isHole ? present : ~present) >> (int)(page % ObjectPages);
            if (others != 0)
            {
                page += BitOperations.TrailingZeroCount(others);
                break;
            }

            page = ((page / ObjectPages) + 1) * ObjectPages;
        }

        return Math.Min((page * PageBytes) - offset, length);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _client.Dispose();
        _spill?.Dispose();
    }

    private static TmemClient CreateClient(TmemHost host, PersistentDiskOptions options, long reservationBytes)
    {
        try
        {
            return host.CreateClient(new()
            {
                Name = $"disk {options.Name}",
                Compression = options.Compression,
                PersistentReservationBytes = reservationBytes,
                PersistentAllowanceBytes = reservationBytes == 0 ? options.AllowanceBytes : long.MaxValue,
            });
        }
        catch (InsufficientMemoryException e) when (reservationBytes > host.Store.UnreservedBytes)
        {
            throw new InsufficientMemoryException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The disk {options.Name} of {options.SizeBytes:N0} bytes needs {reservationBytes:N0} bytes at worst; the host can still promise {host.Store.UnreservedBytes:N0}. Make it smaller, give the host more memory, or give the disk a spill file."),
                e);
        }
    }

    private Lock StripeOf(long objectNumber) => _stripes[objectNumber & (Stripes - 1)];

    private ulong SpilledOf(long objectNumber) => _spilled is null ? 0 : _spilled[objectNumber];

    private ulong PresentIn(long objectNumber) => _kept[objectNumber] | SpilledOf(objectNumber);
}
