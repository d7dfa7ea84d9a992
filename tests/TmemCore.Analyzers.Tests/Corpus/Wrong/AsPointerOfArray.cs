// The address of an array is taken as if the array could not move.
public static unsafe class BlockDevice
{
    [DllImport("blk")]
    private static extern int blk_read(int fd, void* buffer, nuint count);

    public static int ReadHeader(int fd)
    {
        byte[] header = new byte[512];
        return blk_read(fd, {|TMEM101:Unsafe.AsPointer(ref header[0])|}, 512);
    }
}
