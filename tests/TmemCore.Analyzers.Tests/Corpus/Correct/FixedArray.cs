public static unsafe class BlockDevice
{
    [DllImport("blk")]
    private static extern int blk_read(int fd, void* buffer, nuint count);

    public static int ReadHeader(int fd)
    {
        byte[] header = new byte[512];
        fixed (byte* pinned = header)
        {
            return blk_read(fd, pinned, 512);
        }
    }
}
