using System.Buffers.Binary;

namespace TmemCore.MovePeer;

/// <summary>Pages that carry their number, so that both processes know what they are.</summary>
public static class NumberedPages
{
    private const int PagesPerObject = 50;

    /// <summary>Puts so many; false when one is refused.</summary>
    public static bool Put(IPersistentPool pool, int pages) =>
        Put(pages, (number, page) => pool.Put(ObjectOf(number), (uint)number, page) == PutResult.Stored);

    /// <inheritdoc cref="Put(IPersistentPool, int)"/>
    public static bool Put(ISharedEphemeralPool pool, int pages) =>
        Put(pages, (number, page) => pool.TryPut(ObjectOf(number), (uint)number, page));

    /// <summary>Whether a pool has exactly so many, each as it should be.</summary>
    public static bool AreIn(PersistentPool pool, int pages) => AreIn((IReadablePool)pool, pages) && pool.PageCount == pages;

    /// <summary>Whether a pool has so many, each as it should be.</summary>
    public static bool AreIn(IReadablePool pool, int pages)
    {
        var page = new byte[TmemPool.PageBytes];
        var expected = new byte[TmemPool.PageBytes];
        for (int number = 0; number < pages; number++)
        {
            Fill(expected, number);
            if (pool.Get(ObjectOf(number), (uint)number, page) != GetResult.Hit || !page.AsSpan().SequenceEqual(expected))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Put(int pages, Func<int, byte[], bool> put)
    {
        var page = new byte[TmemPool.PageBytes];
        for (int number = 0; number < pages; number++)
        {
            Fill(page, number);
            if (!put(number, page))
            {
                return false;
            }
        }

        return true;
    }

    private static ObjectId ObjectOf(int number) => (ulong)(number / PagesPerObject);

    private static void Fill(Span<byte> page, int number)
    {
        for (int place = 0; place < page.Length; place += sizeof(int))
        {
            BinaryPrimitives.WriteInt32LittleEndian(page[place..], (number * 31) + (place % 509));
        }
    }
}
