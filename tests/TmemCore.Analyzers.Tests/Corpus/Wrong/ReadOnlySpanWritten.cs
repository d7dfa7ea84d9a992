public static unsafe class Reader
{
    [DllImport("rd")]
    private static extern int rd_page(int fd, [PinnedBuffer(IsWritten = true)] void* page);

    public static int Read(int fd, ReadOnlySpan<byte> page)
    {
        fixed (byte* pinned = page)
        {
            return rd_page(fd, {|TMEM107:pinned|});
        }
    }
}
