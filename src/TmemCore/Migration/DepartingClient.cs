using TmemCore.Memory;
using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>
/// A client whose image is taken while it runs: all its pages once, and what changes meanwhile. Nothing of that is left when it is disposed.
/// One thread at a time.
/// </summary>
internal sealed class DepartingClient : IDisposable
{
    /// <summary>Pages, or notes, looked at under one hold of the control lock.</summary>
    private const int StepsPerBatch = 64;

    private readonly byte[] _joined = new byte[ArenaLayout.PageBytes];
    private readonly ulong[] _tokens = new ulong[ClientRecord.PoolSlots];
    private readonly PoolImage[] _pools = new PoolImage[ClientRecord.PoolSlots];
    private readonly TmemClient _client;
    private readonly PageStore _store;
    private readonly ClientSlots _slots;
    private StreamCounts _counts;
    private bool _hasBegun;
    private bool _hasDrained;
    private int _walkedPools;

    private DepartingClient(TmemClient client, ClientTracking tracking)
    {
        _client = client;
        _store = client.Host.Store;
        _slots = client.Slots;
        Tracking = tracking;
        _counts.Bytes = SaveStreamFormat.HeaderBytes;
    }

    /// <summary>What the longest batch takes.</summary>
    public static int BatchBytes => (StepsPerBatch + 1) * SaveStreamFormat.LargestRecordBytes;

    public ClientTracking Tracking { get; }

    /// <summary>What has been written.</summary>
    public StreamCounts Counts => _counts;

    /// <summary>Whether each page has been written once.</summary>
    public bool IsWalked => _walkedPools == ClientRecord.PoolSlots;

    /// <summary>Changes that were not written yet, when the last batch was.</summary>
    public long LogLength { get; private set; }

    /// <summary>Begins to follow a client.</summary>
    /// <exception cref="InvalidOperationException">It is saved or moved already, or cannot be.</exception>
    public static DepartingClient Begin(TmemClient client, bool freezes)
    {
        PageStore store = client.Host.Store;
        lock (store.Control)
        {
            store.RequireLive();
            ObjectDisposedException.ThrowIf(client.Slots.IsGone, client);
            ClientImage.Of(client).RequireName();
            for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
            {
                RequireSavable(client, slot);
            }

            return new DepartingClient(client, store.BeginTracking(client.Slots, freezes));
        }
    }

    /// <summary>Lets the client's calls wait, so that what is written from here on is of one instant.</summary>
    public void Pause() => _store.Pause(_slots);

    /// <summary>Lets the client's calls go on.</summary>
    public void Resume() => _store.Resume(_slots);

    /// <summary>Refuses the client's calls from now on.</summary>
    public void Close() => _store.Close(_slots);

    public void Dispose() => _store.EndTracking(_slots, Tracking);

    /// <summary>Writes some records, as many as there are and as fit in, checksums included.</summary>
    /// <returns>Their bytes.</returns>
    /// <exception cref="ObjectDisposedException">Client or host have gone.</exception>
    /// <exception cref="InsufficientMemoryException">The changes could not be noted.</exception>
    public int Write(Span<byte> buffer)
    {
        var writer = new RecordWriter(buffer);
        lock (_store.Control)
        {
            RequireHere();
            if (!_hasBegun)
            {
                writer.Client(ClientImage.Of(_client));
                _hasBegun = true;
            }

            WritePools(ref writer);
            WritePages(ref writer);
            LogLength = _store.CountChanges(_slots);
        }

        return Close(buffer, ref writer);
    }

    /// <summary>Writes the settings and the end mark; the client is paused.</summary>
    /// <returns>Their bytes.</returns>
    public int WriteEnd(Span<byte> buffer)
    {
        var settings = new RecordWriter(buffer);
        long present = 0;
        lock (_store.Control)
        {
            RequireHere();
            settings.Client(ClientImage.Of(_client));
            for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
            {
                present += _tokens[slot] != 0 && _pools[slot].IsPersistent ? _store.PagesOf(HandleOf(slot)) : 0;
            }
        }

        int bytes = Close(buffer, ref settings);
        var end = new RecordWriter(buffer[bytes..]);
        StreamCounts before = _counts;
        end.End(before, present);
        return bytes + Close(buffer[bytes..], ref end);
    }

    private static void RequireSavable(TmemClient client, int slot)
    {
        ulong token = client.Slots.TokenOf(slot);
        if (token != 0 && client.Host.Store.Pool((uint)token) is { IsPersistent: true, IsShared: true })
        {
            throw new InvalidOperationException(
                $"Pool {slot} of client {client.Name} is persistent and shared: its pages are not the client's alone, and cannot be saved with it.");
        }
    }

    private void RequireHere()
    {
        _store.RequireLive();
        ObjectDisposedException.ThrowIf(_slots.IsGone, typeof(TmemClient));
    }

    private int Close(Span<byte> buffer, scoped ref RecordWriter writer)
    {
        RecordSeal.Close(buffer[..writer.Length], ref _counts);
        _counts.Pages += writer.Pages;
        _counts.PagesGone += writer.PagesGone;
        _counts.Bytes += writer.Length;
        return writer.Length;
    }

    /// <summary>Tells which pools have come, gone or changed since the last batch: what follows is of those that there are now.</summary>
    private void WritePools(scoped ref RecordWriter writer)
    {
        for (int slot = 0; slot < ClientRecord.PoolSlots; slot++)
        {
            ulong token = _slots.TokenOf(slot);
            if (token != _tokens[slot] && _tokens[slot] != 0)
            {
                writer.PoolGone(slot);
            }

            if (token != 0)
            {
                RequireSavable(_client, slot);
                PoolImage image = ImageOf(slot, (uint)token);
                if (token != _tokens[slot] || image != _pools[slot])
                {
                    writer.Pool(image);
                }

                _pools[slot] = image;
            }

            _tokens[slot] = token;
        }
    }

    private PoolImage ImageOf(int slot, uint pool)
    {
        ref PoolRecord record = ref _store.Pool(pool);
        return new PoolImage(slot, record.Kind, new PoolUuid(record.UuidLow, record.UuidHigh), record.Compression.Value);
    }

    private void WritePages(scoped ref RecordWriter writer)
    {
        for (int step = 0; step < StepsPerBatch && writer.HasRoom; step++)
        {
            // Of a client that changes pages faster than they are written, one change goes with each page: it is slowed down, and both come to an end.
            bool isLong = _store.CountChanges(_slots) >= Tracking.Limit - (Tracking.Limit / 8);
            if (IsWalked || (isLong && !_hasDrained))
            {
                _hasDrained = true;
                if (!_store.TryDrain(_slots, Tracking, ref writer, _joined) && IsWalked)
                {
                    return;
                }
            }
            else
            {
                _hasDrained = false;
                Walk(ref writer);
            }
        }
    }

    private void Walk(scoped ref RecordWriter writer)
    {
        while (!IsWalked)
        {
            if (_tokens[_walkedPools] != 0 && _pools[_walkedPools].IsPersistent && _store.TryWalk(HandleOf(_walkedPools), ref writer, _joined))
            {
                return;
            }

            _walkedPools++;
        }
    }

    private PoolHandle HandleOf(int slot) => new(_slots, slot, _tokens[slot]);
}
