using TmemCore.Codecs;
using TmemCore.Memory;
using TmemCore.Store;

namespace TmemCore.Tool.Density;

/// <summary>Pages as a host would lay them out under one codec, and all the memory that this takes.</summary>
internal sealed class PackedArena : IDisposable
{
    private readonly PageCodec _codec;
    private readonly CodecScratch _scratch = new();
    private readonly Arena _arena;
    private readonly FrameAllocator _frames;
    private readonly SpanHeap _spans;
    private readonly CellHeap _cells;
    private readonly PackedPages _packed;
    private PackedShelf _shelf;
    private uint _records;

    /// <summary>Reserves addresses for some pages; memory comes as they do.</summary>
    public PackedArena(PageCodec codec, int pages)
    {
        _codec = codec;

        // Room for all pages whole, and for their tables.
        long capacityBytes = ((long)pages * TmemPool.PageBytes * 9 / 8) + (64L << 20);
        BackingMemory backing = MemoryRegion.Effective(BackingMemory.Anonymous);
        var layout = new ArenaLayout(capacityBytes, shards: 1, maxClients: 1, maxSharedPools: 1, compact: backing == BackingMemory.Portable);
        _arena = new Arena(layout, new MemoryBudget(capacityBytes, failAllocation: null), backing, hugePages: true, lockMemory: false);
        _frames = new FrameAllocator(_arena);
        var header = new PagedTable(_arena, layout.Header, ArenaLayout.PageBytes);
        if (!header.TryReach(1))
        {
            throw new InsufficientMemoryException($"{pages:N0} pages do not fit into this machine's memory.");
        }

        _cells = new CellHeap(_arena, new CellPages(_arena), layout.Header);
        _spans = new SpanHeap(_arena, _frames, _cells);
        _packed = new PackedPages(_arena, _frames, _spans);
    }

    /// <summary>A page that is kept: by its number among the packed ones, or by its frame.</summary>
    public readonly record struct Entry(uint Number, bool IsWhole);

    /// <summary>Pages kept whole, since they did not get smaller by an eighth.</summary>
    public int WholePages { get; private set; }

    /// <summary>Frames in use, and the records of the spans that are cut from them.</summary>
    public long ArenaBytes =>
        ((_frames.ResidentCount - _frames.FreeCount + _cells.PagesHeld) * TmemPool.PageBytes) + (SizeClasses.Count * ArenaLayout.LineBytes);

    /// <summary>The records of the pages that are kept in slots or as a word; those given up are not forgotten.</summary>
    public long RecordBytes => (long)_records * ArenaLayout.PackedRecordBytes;

    /// <summary>Keeps a page.</summary>
    public Entry Add(ReadOnlySpan<byte> page)
    {
        if (!PackedForm.TryPack(page, _codec, _scratch, out PackedForm form))
        {
            uint frame = _frames.Take(FrameAllocator.None, ref _shelf.FrameCursor);
            RequireRoom(frame != FrameAllocator.None);
            page.CopyTo(_arena.Frame(frame));
            WholePages++;
            return new Entry(frame, IsWhole: true);
        }

        RequireRoom(_packed.TryPut(form, _scratch.Data[..form.Bytes], ref _shelf, out uint number));
        _records = Math.Max(_records, number - _packed.First + 1);
        return new Entry(number, IsWhole: false);
    }

    /// <summary>Copies a page out.</summary>
    public void Read(Entry entry, Span<byte> page)
    {
        if (entry.IsWhole)
        {
            _arena.Frame(entry.Number).CopyTo(page);
        }
        else
        {
            _packed.FormOf(entry.Number).Unpack(_packed.DataOf(entry.Number, _scratch.Data), page, _scratch);
        }
    }

    /// <summary>The bytes that a page came to.</summary>
    public int BytesOf(Entry entry) => entry.IsWhole ? TmemPool.PageBytes : _packed.FormOf(entry.Number).Bytes;

    /// <summary>Gives a page up.</summary>
    public void Remove(Entry entry)
    {
        if (entry.IsWhole)
        {
            _frames.Release(entry.Number);
            WholePages--;
        }
        else
        {
            _packed.Release(entry.Number, ref _shelf);
        }
    }

    /// <summary>Empties sparse spans until none could be spared.</summary>
    public void Compact()
    {
        while (_packed.TryChoose(out ulong slot, out uint number, out _) && _packed.TryMove(number, slot) != 0)
        {
        }
    }

    private static void RequireRoom(bool isThere)
    {
        if (!isThere)
        {
            throw new InsufficientMemoryException("There is no room for another page.");
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _arena.Dispose();
        _scratch.Dispose();
    }
}
