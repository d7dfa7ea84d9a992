using TmemCore.Codecs;
using TmemCore.Memory;

namespace TmemCore.Store;

/// <summary>What became of a page that was to be packed.</summary>
internal enum PackResult
{
    /// <summary>It is kept in fewer bytes.</summary>
    Packed,

    /// <summary>It does not get smaller by an eighth: it is better kept whole.</summary>
    Incompressible,

    /// <summary>Memory is short.</summary>
    NoMemory,
}

/// <summary>
/// Pages kept in fewer bytes than a frame, each known by a number. Thread-safe, but for one page: who puts, gets, moves and releases
/// the same number takes turns.
/// </summary>
internal sealed class PackedPages
{
    /// <summary>Longer results are not kept: each get would pay for a page's decompression, for less than an eighth of its memory.</summary>
    public const int MaximumBytes = ArenaLayout.PageBytes - (ArenaLayout.PageBytes / 8);

    /// <summary>No number.</summary>
    public const uint None = uint.MaxValue;

    private readonly Arena _arena;
    private readonly SpanHeap _spans;
    private readonly PagedTable _table;
    private readonly Lock _numbers = new();
    private uint _fresh;
    private uint _firstFree = None;

    public PackedPages(Arena arena, SpanHeap spans)
    {
        _arena = arena;
        _spans = spans;
        _table = new PagedTable(arena, arena.Layout.Packed, ArenaLayout.PackedRecordBytes);
    }

    /// <summary>Packs a page.</summary>
    /// <param name="page">Exactly 4,096 bytes.</param>
    /// <param name="codec">What makes it smaller.</param>
    /// <param name="scratch">The calling thread's.</param>
    /// <param name="cursor">Where the caller's last search for a frame ended.</param>
    /// <param name="number">The page's number, or <see cref="None"/>.</param>
    public PackResult TryPut(ReadOnlySpan<byte> page, PageCodec codec, CodecScratch scratch, ref uint cursor, out uint number)
    {
        number = None;
        if (SameFilled.TryFind(page, out ulong word))
        {
            number = TakeNumber();
            return number == None ? PackResult.NoMemory : Fill(number, word, 0, PageCodecId.SameFilled);
        }

        Span<byte> data = stackalloc byte[MaximumBytes];
        int bytes = codec.Compress(page, data, scratch);
        if (bytes == 0)
        {
            return PackResult.Incompressible;
        }

        uint taken = TakeNumber();
        if (taken == None || !_spans.TryTake(bytes, taken, ref cursor, out ulong slot))
        {
            ReleaseNumber(taken);
            return PackResult.NoMemory;
        }

        _spans.Write(slot, data[..bytes]);
        number = taken;
        return Fill(number, slot, bytes, codec.Id);
    }

    /// <summary>Makes a page again.</summary>
    /// <exception cref="InvalidDataException">What is kept is not a page: the store is damaged.</exception>
    public void Get(uint number, Span<byte> page, CodecScratch scratch)
    {
        PackedRecord record = At(number);
        if (record.Codec == PageCodecId.SameFilled)
        {
            SameFilled.Fill(page, record.Place);
            return;
        }

        Span<byte> joined = stackalloc byte[MaximumBytes];
        ReadOnlySpan<byte> data = _spans.Read(record.Place, record.Bytes, joined);
        if (!PageCodec.Of(record.Codec).TryDecompress(data, page, scratch))
        {
            throw new InvalidDataException($"Packed page {number} of {record.Bytes:N0} bytes is not a page of the codec {record.Codec}.");
        }
    }

    /// <summary>The bytes that a page came to; none for one word over and over.</summary>
    public int BytesOf(uint number) => At(number).Bytes;

    /// <summary>Gives a page up.</summary>
    public void Release(uint number)
    {
        PackedRecord record = At(number);
        if (record.Codec != PageCodecId.SameFilled)
        {
            _spans.Release(record.Place);
        }

        ReleaseNumber(number);
    }

    /// <summary>Moves one page out of a sparse span; false when no span could be spared. For one thread at a time, while no page is used.</summary>
    public bool TryCompact()
    {
        if (!_spans.TryChoose(out ulong slot, out uint number) || !_spans.TryMove(slot, out ulong moved))
        {
            return false;
        }

        At(number).Place = moved;
        return true;
    }

    private PackResult Fill(uint number, ulong place, int bytes, PageCodecId codec)
    {
        At(number) = new PackedRecord { Place = place, Bytes = (ushort)bytes, Codec = codec };
        return PackResult.Packed;
    }

    private uint TakeNumber()
    {
        lock (_numbers)
        {
            uint number = _firstFree;
            if (number != None)
            {
                _firstFree = (uint)At(number).Place;
                return number;
            }

            return _fresh < _arena.Layout.PackedPages && _table.TryReach(_fresh + 1) ? _fresh++ : None;
        }
    }

    private void ReleaseNumber(uint number)
    {
        if (number == None)
        {
            return;
        }

        lock (_numbers)
        {
            At(number) = new PackedRecord { Place = _firstFree };
            _firstFree = number;
        }
    }

    private ref PackedRecord At(uint number) =>
        ref _arena.At<PackedRecord>(_arena.Layout.Packed + ((long)number * ArenaLayout.PackedRecordBytes));
}
