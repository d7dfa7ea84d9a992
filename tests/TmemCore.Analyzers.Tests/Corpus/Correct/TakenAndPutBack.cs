// A cache that gives a page back to the store once it is no longer needed, and finds it again.
public sealed class ReadCache(EphemeralPool pool, Stream file)
{
    public void Read(ulong inode, uint index, Span<byte> page)
    {
        if (pool.Take(inode, index, page) != GetResult.Hit)
        {
            file.Position = index * 4096L;
            file.ReadExactly(page);
        }
    }

    public bool Refresh(ulong inode, uint index, Span<byte> page) =>
        pool.Take(inode, index, page) == GetResult.Hit
        && pool.TryPut(inode, index, page)
        && pool.Take(inode, index, page) == GetResult.Hit;

    public int ReadAll(ulong inode, uint pages, byte[] page)
    {
        int hits = 0;
        for (uint index = 0; index < pages; index++)
        {
            hits += pool.Take(inode, index, page) == GetResult.Hit ? 1 : 0;
        }

        return hits;
    }
}
