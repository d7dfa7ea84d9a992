using TmemCore.Codecs;
using TmemCore.Memory;
using TmemCore.Store;

namespace TmemCore.Migration;

/// <summary>Notes what a save stream holds, and keeps no page.</summary>
internal sealed class InspectingSink : ISaveStreamSink
{
    private readonly SavedPool?[] _pools = new SavedPool?[ClientRecord.PoolSlots];
    private ClientImage? _client;
    private long _packed;
    private long _entries;

    public void Begin(ClientImage client) => _client = client;

    public void AddPool(in PoolImage pool) => _pools[pool.Id] = Describe(pool, 0);

    public void ChangePool(in PoolImage pool) => _pools[pool.Id] = Describe(pool, _pools[pool.Id]!.PageRecords);

    public void DropPool(int slot) => _pools[slot] = null;

    public void PutPage(int slot, in ObjectId objectId, uint index, in PackedForm form, ReadOnlySpan<byte> data, ReadOnlySpan<byte> page)
    {
        SavedPool pool = _pools[slot]!;
        pool.PageRecords++;
        _packed += form.Codec != PageCodecId.None ? 1 : 0;
        _entries += form.Length != ArenaLayout.PageBytes ? 1 : 0;
    }

    public void DropPage(int slot, in ObjectId objectId, uint index)
    {
    }

    public long? CountPages() => null;

    public void Finish(ClientImage client) => _client = client;

    /// <summary>What has been found.</summary>
    public SaveStreamReport Report(SaveStreamDecoder decoder, ushort flags) => new()
    {
        Version = SaveStreamFormat.Version,
        IsMove = (flags & SaveStreamFormat.MovingFlag) != 0,
        Client = _client!.Terms(),
        Compresses = _client.Compresses,
        IsFrozen = _client.IsFrozen,
        Pools = [.. _pools.Where(static pool => pool is not null).Select(static pool => pool!)],
        Pages = decoder.PresentPages,
        PageRecords = decoder.Counts.Pages,
        PageGoneRecords = decoder.Counts.PagesGone,
        PackedPageRecords = _packed,
        EntryRecords = _entries,
        Bytes = decoder.Counts.Bytes,
    };

    private static SavedPool Describe(in PoolImage pool, long pages) => new()
    {
        Id = pool.Id,
        Kind = pool.Kind switch
        {
            PoolKind.Persistent => SavedPoolKind.Persistent,
            PoolKind.Shared => SavedPoolKind.SharedEphemeral,
            PoolKind.Retaining => SavedPoolKind.Retaining,
            _ => SavedPoolKind.Ephemeral,
        },
        Uuid = pool.Uuid,
        Compression = pool.Compression,
        PageRecords = pages,
    };
}
