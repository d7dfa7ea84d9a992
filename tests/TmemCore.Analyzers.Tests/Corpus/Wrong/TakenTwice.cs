// A cache that looks a second time for a page it has already been given.
public sealed class ReadCache(EphemeralPool pool, Stream file)
{
    public void Read(ulong inode, uint index, Span<byte> page)
    {
        if (pool.Take(inode, index, page) == GetResult.Hit)
        {
            return;
        }

        file.Position = index * 4096L;
        if ({|TMEM205:pool.Take(inode, index, page)|} != GetResult.Hit)
        {
            file.ReadExactly(page);
        }
    }
}
