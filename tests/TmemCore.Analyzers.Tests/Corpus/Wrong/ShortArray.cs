public static unsafe class Page
{
    [DllImport("page")]
    private static extern long page_get(uint pool, [PinnedBuffer(MinimumBytes = 4096, IsWritten = true)] byte* page);

    public static long Get(uint pool)
    {
        byte[] page = new byte[1024];
        fixed (byte* pinned = page)
        {
            return page_get(pool, {|TMEM108:pinned|});
        }
    }
}
