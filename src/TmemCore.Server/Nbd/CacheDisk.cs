using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.Versioning;
using TmemCore.Server.Takeover;

namespace TmemCore.Server.Nbd;

/// <summary>
/// A cache in front of a backing, write-through. Pages of the backing are pages of a pool that the host may drop at any moment. A page is in the pool only if
/// the backing is known to have the same: a change drops it before the backing is touched, and whatever was read meanwhile is not kept.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class CacheDisk : NbdExport
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int ObjectPages = PageMap.ObjectPages;
    private const int ObjectBytes = PageMap.ObjectBytes;
    private const int Stripes = 1024;

    /// <summary>Who has the pages; null when an operator had ended it before this process took over.</summary>
    private readonly TmemClient? _client;
    private readonly CacheDiskOptions _options;
    private readonly IBacking _backing;
    private readonly NbdServerOptions _server;
    private readonly CacheStripe[] _stripes = [.. Enumerable.Range(0, Stripes).Select(static _ => new CacheStripe())];
    private readonly ConcurrentBag<CacheWork> _works = [];

    /// <summary>What is cached; another pool once all that was known is to be forgotten, and none when the host has no room for one.</summary>
    private RetainingPool? _pool;
    private HandedBacking? _handed;

    /// <summary>Makes the cache, empty.</summary>
    /// <param name="host">Who keeps its pages.</param>
    /// <param name="options">What it may have.</param>
    /// <param name="backing">What it stands in front of; its own from now on, if this succeeds.</param>
    /// <param name="server">The limits of a connection.</param>
    public CacheDisk(TmemHost host, CacheDiskOptions options, IBacking backing, NbdServerOptions server)
        : base(options.Name, backing.SizeBytes)
    {
        _options = options;
        _backing = backing;
        _server = server;
        IsReadOnly = options.IsReadOnly || backing.IsReadOnly;
        _client = host.CreateClient(options.Terms);
        try
        {
            _pool = _client.CreateRetainingPool();
        }
        catch
        {
            _client.Dispose();
            throw;
        }

        backing.Lost = Forget;
    }

    /// <summary>
    /// Goes on with a cache that another process has served, with what it had cached: no request was under way, so that all of it is what the backing has, and nobody has had
    /// the backing but that process and this one.
    /// </summary>
    public CacheDisk(TmemHost host, CacheDiskOptions options, HandedCache handed, IBacking backing, NbdServerOptions server)
        : base(options.Name, backing.SizeBytes)
    {
        _options = options;
        _backing = backing;
        _server = server;
        IsReadOnly = options.IsReadOnly || backing.IsReadOnly;
        host.TryGetClient(handed.ClientId, out _client);
        _pool = _client is not null && _client.TryGetPool(handed.PoolId, out TmemPool? pool) ? pool as RetainingPool : null;
        backing.Lost = Forget;
    }

    /// <inheritdoc/>
    public override string Description => $"cache in front of {_backing.Description}";

    /// <inheritdoc/>
    public override bool IsReadOnly { get; }

    /// <inheritdoc/>
    public override NbdExportFlags Flags => NbdExportFlags.SendCache | NbdExportFlags.CanMultiConnect | NbdExportFlags.SendFlush | (IsReadOnly
        ? NbdExportFlags.None
        : NbdExportFlags.SendForceUnitAccess | NbdExportFlags.SendTrim | NbdExportFlags.SendWriteZeroes | NbdExportFlags.SendFastZero);

    /// <inheritdoc/>
    public override string? Serve(NbdChannel channel, NbdConnectionState state, NbdBuffers buffers, NbdPauses pauses)
    {
        using var transmission = new CacheTransmission(channel, this, state, buffers.Scratch, pauses, _server);
        return transmission.Run();
    }

    /// <inheritdoc/>
    public override async ValueTask PauseAsync() => _handed = await _backing.PauseAsync().ConfigureAwait(false);

    /// <inheritdoc/>
    public override void Resume() => _backing.Resume();

    /// <inheritdoc/>
    public override void Send(TakeoverChannel channel)
    {
        // An operator may have ended the client, and its id may be another's since.
        bool isThere = _client is not null && _client.Host.TryGetClient(_client.Id, out TmemClient? living) && living == _client;
        new HandedCache(
            Name, _options.Identity, isThere ? _client!.Id : HandedConnection.NoClient, _pool?.Id ?? HandedCache.NoPool, _handed!).Send(channel);
    }

    /// <inheritdoc/>
    public override void Leave() => _backing.Leave();

    /// <inheritdoc/>
    public override void Stop() => _backing.Stop();

    /// <inheritdoc/>
    public override void Dispose()
    {
        _client?.Dispose();
        _backing.Dispose();
    }

    public CacheWork RentWork() => _works.TryTake(out CacheWork? work) ? work : new CacheWork(this);

    public void ReturnWork(CacheWork work) => _works.Add(work);

    /// <summary>Reads a range if all of it is cached.</summary>
    /// <param name="offset">Its first byte.</param>
    /// <param name="buffer">Takes its bytes; when the answer is false, what is in it means nothing.</param>
    /// <param name="scratch">The thread's own.</param>
    public bool TryReadCached(long offset, Span<byte> buffer, PageScratch scratch)
    {
        RetainingPool? pool = Volatile.Read(ref _pool);
        bool isCached = pool is not null;
        while (isCached && !buffer.IsEmpty)
        {
            long number = offset / ObjectBytes;
            int page = (int)(offset / PageBytes % ObjectPages);
            int within = (int)(offset % PageBytes);
            int count = Math.Min(buffer.Length / PageBytes, ObjectPages - page);
            int part = count * PageBytes;
            if (within == 0 && count > 0)
            {
                isCached = pool!.GetMany(scratch.Name((ulong)number, page, count), buffer[..part], scratch.Found) == count;
            }
            else
            {
                part = Math.Min(PageBytes - within, buffer.Length);
                isCached = pool!.Get((ulong)number, (uint)page, scratch.Page) == GetResult.Hit;
                scratch.Page.AsSpan(within, part).CopyTo(buffer);
            }

            offset += part;
            buffer = buffer[part..];
        }

        return isCached;
    }

    /// <summary>Reads whole pages, what is not cached from the backing, and keeps them if nothing has changed them meanwhile.</summary>
    /// <param name="page">The first page.</param>
    /// <param name="buffer">Takes the pages; behind the end of the disk, zeros.</param>
    /// <param name="scratch">Nobody else's until this has ended.</param>
    public async ValueTask<NbdError> ReadAsync(long page, Memory<byte> buffer, PageScratch scratch)
    {
        while (!buffer.IsEmpty)
        {
            int first = (int)(page % ObjectPages);
            int count = Math.Min(buffer.Length / PageBytes, ObjectPages - first);
            NbdError error = await ReadObjectAsync(page / ObjectPages, first, buffer[..(count * PageBytes)], scratch).ConfigureAwait(false);
            if (error != NbdError.None)
            {
                return error;
            }

            page += count;
            buffer = buffer[(count * PageBytes)..];
        }

        return NbdError.None;
    }

    /// <summary>Writes a range of one object: to the backing, and then to the cache as far as it is whole pages.</summary>
    public async ValueTask<NbdError> WriteAsync(long offset, ReadOnlyMemory<byte> data, bool isForced, PageScratch scratch)
    {
        long number = offset / ObjectBytes;
        int first = (int)(offset % ObjectBytes / PageBytes);
        int last = (int)((offset + data.Length - 1) % ObjectBytes / PageBytes);
        CacheTicket ticket = BeginChange(number, PageMap.Bits(first, last - first + 1));
        NbdError error = NbdError.InputOutput;
        try
        {
            error = await _backing.WriteAsync(offset, data, isForced).ConfigureAwait(false);
            return error;
        }
        finally
        {
            int whole = (int)((offset + PageBytes - 1) % ObjectBytes / PageBytes);
            int skipped = (int)(-offset & (PageBytes - 1));
            int count = (data.Length - skipped) / PageBytes;
            EndChange(number, error == NbdError.None ? ticket : default, whole, count > 0 ? data.Slice(skipped, count * PageBytes) : default, scratch);
        }
    }

    /// <summary>Makes a range zeros.</summary>
    public ValueTask<NbdError> ZeroAsync(long offset, long length, NbdCommandFlags flags) =>
        ChangeAsync(offset, length, static (backing, from, bytes, how) => backing.ZeroAsync(from, bytes, how), flags);

    /// <summary>Gives up what is in a range.</summary>
    public ValueTask<NbdError> TrimAsync(long offset, long length, NbdCommandFlags flags) => ChangeAsync(
        offset, length, static (backing, from, bytes, how) => backing.TrimAsync(from, bytes, (how & NbdCommandFlags.ForceUnitAccess) != 0), flags);

    /// <summary>Answered when all that was written before would outlast a loss of power.</summary>
    public ValueTask<NbdError> FlushAsync() => _backing.FlushAsync();

    private async ValueTask<NbdError> ReadObjectAsync(long number, int first, Memory<byte> buffer, PageScratch scratch)
    {
        int count = buffer.Length / PageBytes;
        scratch.Found.AsSpan(0, count).Fill(GetResult.Miss);
        Volatile.Read(ref _pool)?.GetMany(scratch.Name((ulong)number, first, count), buffer.Span, scratch.Found);

        for (int i = 0; i < count;)
        {
            int next = i + 1;
            bool isMiss = scratch.Found[i] != GetResult.Hit;
            while (next < count && scratch.Found[next] != GetResult.Hit == isMiss)
            {
                next++;
            }

            if (isMiss)
            {
                NbdError error = await FetchAsync(number, first + i, buffer[(i * PageBytes)..(next * PageBytes)], scratch).ConfigureAwait(false);
                if (error != NbdError.None)
                {
                    return error;
                }
            }

            i = next;
        }

        return NbdError.None;
    }

    private async ValueTask<NbdError> FetchAsync(long number, int first, Memory<byte> buffer, PageScratch scratch)
    {
        CacheTicket ticket = BeginFetch(number);
        long offset = (number * ObjectBytes) + (first * PageBytes);
        int bytes = (int)Math.Min(buffer.Length, SizeBytes - offset);
        buffer[bytes..].Span.Clear();
        NbdError error = await _backing.ReadAsync(offset, buffer[..bytes]).ConfigureAwait(false);
        if (error == NbdError.None)
        {
            CacheStripe stripe = StripeOf(number);
            lock (stripe.Lock)
            {
                Keep(stripe, number, ticket, first, buffer.Span, scratch);
            }
        }

        return error;
    }

    private async ValueTask<NbdError> ChangeAsync(
        long offset, long length, Func<IBacking, long, long, NbdCommandFlags, ValueTask<NbdError>> change, NbdCommandFlags flags)
    {
        long first = offset / PageBytes;
        long end = (offset + length + PageBytes - 1) / PageBytes;
        for (long page = first; page < end; page = NextObject(page))
        {
            int within = (int)(page % ObjectPages);
            _ = BeginChange(page / ObjectPages, PageMap.Bits(within, (int)Math.Min(end - page, ObjectPages - within)));
        }

        try
        {
            return await change(_backing, offset, length, flags).ConfigureAwait(false);
        }
        finally
        {
            for (long page = first; page < end; page = NextObject(page))
            {
                EndChange(page / ObjectPages, default, 0, default, scratch: null);
            }
        }
    }

    private static long NextObject(long page) => ((page / ObjectPages) + 1) * ObjectPages;

    /// <summary>What is read from now on may be kept, unless a change is under way or begins.</summary>
    private CacheTicket BeginFetch(long number)
    {
        CacheStripe stripe = StripeOf(number);
        lock (stripe.Lock)
        {
            return stripe.Changes == 0 ? new CacheTicket(Volatile.Read(ref _pool), stripe.Generation) : default;
        }
    }

    /// <summary>Drops pages that are about to change; nothing that is read meanwhile is kept.</summary>
    private CacheTicket BeginChange(long number, ulong pages)
    {
        CacheStripe stripe = StripeOf(number);
        lock (stripe.Lock)
        {
            bool isAlone = stripe.Changes == 0;
            stripe.Changes++;
            stripe.Generation++;
            RetainingPool? pool = Volatile.Read(ref _pool);
            if (pages == ulong.MaxValue)
            {
                pool?.FlushObject((ulong)number);
            }
            else
            {
                for (ulong left = pages; left != 0; left &= left - 1)
                {
                    pool?.FlushPage((ulong)number, (uint)BitOperations.TrailingZeroCount(left));
                }
            }

            return isAlone ? new CacheTicket(pool, stripe.Generation) : default;
        }
    }

    private void EndChange(long number, CacheTicket ticket, int first, ReadOnlyMemory<byte> data, PageScratch? scratch)
    {
        CacheStripe stripe = StripeOf(number);
        lock (stripe.Lock)
        {
            stripe.Changes--;
            if (scratch is not null && !data.IsEmpty)
            {
                Keep(stripe, number, ticket, first, data.Span, scratch);
            }
        }
    }

    /// <summary>Keeps pages that the backing has, if no change has been under way since the ticket was drawn but the ticket's own.</summary>
    private void Keep(CacheStripe stripe, long number, CacheTicket ticket, int first, ReadOnlySpan<byte> data, PageScratch scratch)
    {
        if (ticket.Pool is not null && ticket.Pool == Volatile.Read(ref _pool) && stripe.Changes == 0 && stripe.Generation == ticket.Generation)
        {
            ticket.Pool.PutMany(scratch.Name((ulong)number, first, data.Length / PageBytes), data, scratch.Stored);
        }
    }

    /// <summary>Forgets all that is cached.</summary>
    private void Forget()
    {
        RetainingPool? next = null;
        try
        {
            next = _client?.CreateRetainingPool();
        }
        catch (Exception e) when (e is InvalidOperationException or InsufficientMemoryException)
        {
            // An operator has ended the client, or there is no room for another pool beside the old one: nothing is cached from now on.
        }

        Interlocked.Exchange(ref _pool, next)?.Dispose();
    }

    private CacheStripe StripeOf(long number) => _stripes[number & (Stripes - 1)];
}
