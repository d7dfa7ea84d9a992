using System.Buffers.Binary;

namespace TmemCore.MovePeer;

/// <summary>Pages that carry their number, so that both processes know what they are.</summary>
public static class NumberedPages
{
    private const int PagesPerObject = 50;

    /// <summary>Puts so many.</summary>
    public static void Put(PersistentPool pool, int pages)
    {
        var page = new byte[TmemPool.PageBytes];
        for (int number = 0; number < pages; number++)
        {
            Fill(page, number);
            if (pool.Put(ObjectOf(number), (uint)number, page) != PutResult.Stored)
            {
                throw new InvalidOperationException($"Page {number} was not stored.");
            }
        }
    }

    /// <summary>Whether a pool has exactly so many, each as it should be.</summary>
    public static bool AreIn(PersistentPool pool, int pages)
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

        return pool.PageCount == pages;
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
