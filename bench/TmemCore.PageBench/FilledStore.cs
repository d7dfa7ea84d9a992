using System.Buffers.Binary;
using System.Runtime.InteropServices;
using TmemCore.Store;

namespace TmemCore.PageBench;

/// <summary>
/// A host whose persistent pool holds pages 0 to N-1, page p at index p mod 64 of object p / 64; each page begins with its
/// number. The yardstick copies the very frames that the store keeps these pages in.
/// </summary>
internal sealed class FilledStore : IDisposable
{
    public const int PagesPerObject = 64;

    private readonly byte[] _page = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);

    public FilledStore(int pages)
    {
        Pages = pages;
        Host = NewHost(pages);
        Client = Host.CreateClient();
        Pool = Client.CreatePersistentPool();
        Store = Host.Store;
        for (int page = 0; page < pages; page++)
        {
            PutNumbered(page);
        }

        Handle = Pool.Handle;
        Frames = new uint[pages];
        for (int page = 0; page < pages; page++)
        {
            Frames[page] = Store.FrameOf(Handle, ObjectOf(page), IndexOf(page));
        }

        Order = [.. Enumerable.Range(0, pages)];
        new Random(1).Shuffle(Order);
    }

    public TmemHost Host { get; }

    public TmemClient Client { get; }

    public PersistentPool Pool { get; }

    public PageStore Store { get; }

    public PoolHandle Handle { get; }

    public int Pages { get; }

    /// <summary>The frame of each page.</summary>
    public uint[] Frames { get; }

    /// <summary>The pages in random order.</summary>
    public int[] Order { get; }

    public byte[] Buffer { get; } = GC.AllocateArray<byte>(TmemPool.PageBytes, pinned: true);

    /// <summary>An empty host with room for so many pages and all that is noted of them.</summary>
    public static TmemHost NewHost(int pages)
    {
        long dataBytes = (long)pages * TmemPool.PageBytes;
        return new TmemHost(new TmemHostOptions { CapacityBytes = dataBytes + (dataBytes / 16) + (64 << 20) });
    }

    public static ObjectId ObjectOf(int page) => (ulong)page / PagesPerObject;

    public static uint IndexOf(int page) => (uint)page % PagesPerObject;

    public static void Stamp(Span<byte> page, int number) => BinaryPrimitives.WriteInt64LittleEndian(page, number);

    public static bool Carries(ReadOnlySpan<byte> page, int number) => MemoryMarshal.Read<long>(page) == number;

    /// <summary>The bare copy out of the frames of <paramref name="order"/>.</summary>
    public int CopyOut(int[] order, int from, int count, byte[] buffer)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            int page = order[i];
            Store.Frame(Frames[page]).CopyTo(buffer);
            wrong += Carries(buffer, page) ? 0 : 1;
        }

        return wrong;
    }

    /// <summary>The bare copy into the frames of <paramref name="order"/>.</summary>
    public int CopyIn(int[] order, int from, int count, byte[] buffer)
    {
        for (int i = from; i < from + count; i++)
        {
            int page = order[i];
            Stamp(buffer, page);
            buffer.CopyTo(Store.Frame(Frames[page]));
        }

        return 0;
    }

    public int Get(int[] order, int from, int count, byte[] buffer)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            int page = order[i];
            GetResult result = Pool.Get(ObjectOf(page), IndexOf(page), buffer);
            wrong += result == GetResult.Hit && Carries(buffer, page) ? 0 : 1;
        }

        return wrong;
    }

    public int Put(int[] order, int from, int count, byte[] buffer) => Put(Pool, order, from, count, buffer);

    public static int Put(PersistentPool pool, int[] order, int from, int count, byte[] buffer)
    {
        int wrong = 0;
        for (int i = from; i < from + count; i++)
        {
            int page = order[i];
            Stamp(buffer, page);
            wrong += pool.Put(ObjectOf(page), IndexOf(page), buffer) == PutResult.Stored ? 0 : 1;
        }

        return wrong;
    }

    /// <summary>Puts pages back and learns where they are now.</summary>
    public void PutBack(int[] order, int from, int count)
    {
        Put(order, from, count, _page);
        for (int i = from; i < from + count; i++)
        {
            Frames[order[i]] = Store.FrameOf(Handle, ObjectOf(order[i]), IndexOf(order[i]));
        }
    }

    public void Dispose() => Host.Dispose();

    private void PutNumbered(int page)
    {
        Stamp(_page, page);
        if (Pool.Put(ObjectOf(page), IndexOf(page), _page) != PutResult.Stored)
        {
            throw new InvalidOperationException($"The host took {page} of {Pages} pages.");
        }
    }
}
