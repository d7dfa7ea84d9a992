using System.Runtime.InteropServices;
using K4os.Compression.LZ4;
using TmemCore.Codecs;

namespace TmemCore.PageBench;

/// <summary>
/// Pages and the blocks that liblz4 makes of them, each somewhere in memory, and the three ways to make and read blocks, all
/// over the same pages in the same order. What does not become smaller by 64 bytes counts as a page and has no block.
/// </summary>
internal sealed unsafe class CodecCorpus
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int RoomBytes = PageBytes - 64;

    private readonly PageCorpus _pages;
    private readonly CodecScratch _scratch = new();
    private readonly Lz4Codec _codec = new();
    private readonly byte[] _room = GC.AllocateArray<byte>(RoomBytes, pinned: true);
    private readonly byte[] _page = GC.AllocateArray<byte>(PageBytes, pinned: true);
    private readonly byte[] _blocks;
    private readonly (int At, int Bytes)[] _places;
    private readonly int[] _order;
    private readonly int[] _packed;

    public CodecCorpus(int pages)
    {
        _pages = PageCorpus.Make(pages, seed: 1);
        _order = [.. Enumerable.Range(0, pages)];
        new Random(2).Shuffle(_order);
        _blocks = GC.AllocateUninitializedArray<byte>(pages * PageBytes, pinned: true);
        _places = new (int At, int Bytes)[pages];
        int at = 0;
        foreach (int page in Enumerable.Range(0, pages).OrderBy(static page => (uint)page * 2_654_435_761u))
        {
            int bytes = Compress(_pages[page]);
            _room.AsSpan(0, bytes).CopyTo(_blocks.AsSpan(at));
            _places[page] = (at, bytes);
            at += bytes;
        }

        _packed = [.. _order.Where(page => _places[page].Bytes > 0)];
    }

    public static bool HasYardstick { get; } = NativeLibrary.TryLoad(Native.Lz4, out _);

    public static string YardstickVersion => $"liblz4 {Marshal.PtrToStringUTF8(Native.Version())}";

    /// <summary>Pages to compress.</summary>
    public int Pages => _order.Length;

    /// <summary>Blocks to decompress.</summary>
    public int Blocks => _packed.Length;

    /// <summary>What pages take when those that do not get smaller stay as they are: liblz4's, the other library's, the engine's.</summary>
    public (long Yardstick, long Other, long Own) StoredBytes()
    {
        (long Yardstick, long Other, long Own) total = default;
        for (int page = 0; page < Pages; page++)
        {
            total.Yardstick += Stored(_places[page].Bytes);
            total.Other += Stored(LZ4Codec.Encode(_pages[page], _room, LZ4Level.L00_FAST));
            total.Own += Stored(_codec.Compress(_pages[page], _room, _scratch));
        }

        return total;
    }

    public int CompressYardstick(int from, int count) => EachPage(from, count, page => Compress(_pages[page]));

    public int CompressOther(int from, int count) =>
        EachPage(from, count, page => Math.Max(LZ4Codec.Encode(_pages[page], _room, LZ4Level.L00_FAST), 0));

    public int CompressOwn(int from, int count) => EachPage(from, count, page => _codec.Compress(_pages[page], _room, _scratch));

    public int DecompressYardstick(int from, int count) => EachBlock(from, count, block =>
    {
        fixed (byte* source = block)
        fixed (byte* target = _page)
        {
            return Native.Decompress(source, target, block.Length, PageBytes) == PageBytes;
        }
    });

    public int DecompressOther(int from, int count) => EachBlock(from, count, block => LZ4Codec.Decode(block, _page) == PageBytes);

    public int DecompressOwn(int from, int count) => EachBlock(from, count, block => _codec.TryDecompress(block, _page, _scratch));

    /// <summary>Puts every page, each at its number's place; how many were refused.</summary>
    public int PutAll(PersistentPool pool) => Put(pool, 0, Pages);

    /// <summary>Puts pages of the order.</summary>
    public int Put(PersistentPool pool, int from, int count)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            int page = _order[i];
            wrong += pool.Put(FilledStore.ObjectOf(page), FilledStore.IndexOf(page), _pages[page]) == PutResult.Stored ? 0 : 1;
        }

        return wrong;
    }

    /// <summary>Gets the pages that have blocks.</summary>
    public int Get(PersistentPool pool, int from, int count)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            int page = _packed[i];
            GetResult result = pool.Get(FilledStore.ObjectOf(page), FilledStore.IndexOf(page), _page);
            wrong += result == GetResult.Hit && _page.AsSpan(PageBytes - 8).SequenceEqual(_pages[page][^8..]) ? 0 : 1;
        }

        return wrong;
    }

    private static int Stored(int bytes) => bytes > 0 ? bytes : PageBytes;

    private int Compress(ReadOnlySpan<byte> page)
    {
        fixed (byte* source = page)
        fixed (byte* target = _room)
        {
            return Native.Compress(source, target, PageBytes, RoomBytes);
        }
    }

    /// <summary>Wrong is that a page does not get smaller that liblz4 makes so; where it is a matter of bytes, they may differ.</summary>
    private int EachPage(int from, int count, Func<int, int> compress)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            wrong += compress(_order[i]) > 0 || _places[_order[i]].Bytes is 0 or > RoomBytes - 64 ? 0 : 1;
        }

        return wrong;
    }

    /// <summary>A page is wrong when its last bytes are; the tests compare all.</summary>
    private int EachBlock(int from, int count, Decompress decompress)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            (int at, int bytes) = _places[_packed[i]];
            bool isRight = decompress(_blocks.AsSpan(at, bytes)) && _page.AsSpan(PageBytes - 8).SequenceEqual(_pages[_packed[i]][^8..]);
            wrong += isRight ? 0 : 1;
        }

        return wrong;
    }

    private delegate bool Decompress(ReadOnlySpan<byte> block);
}
