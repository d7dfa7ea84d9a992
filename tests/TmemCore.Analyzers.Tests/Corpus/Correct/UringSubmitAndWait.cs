public static unsafe class UringOnce
{
    [DllImport("uring")]
    private static extern void io_uring_prep_write(void* entry, int fd, void* data, uint length, ulong offset);

    [DllImport("uring")]
    private static extern int io_uring_submit_and_wait(void* ring, uint count);

    public static int Write(void* ring, void* entry, int fd, byte[] data)
    {
        fixed (byte* pinned = data)
        {
            io_uring_prep_write(entry, fd, pinned, (uint)data.Length, 0);
            return io_uring_submit_and_wait(ring, 1);
        }
    }
}
