public unsafe class Ring(void* entries)
{
    private readonly byte[] _kept = GC.AllocateArray<byte>(4096, pinned: true);

    [DllImport("uring")]
    private static extern int io_uring_wait(void* entries);

    private static int Queue(void* entries, [PinnedBuffer(IsKept = true)] void* buffer, int length) => (int)(nuint)entries + length;

    public int Read()
    {
        byte[] page = new byte[4096];
        fixed (byte* pinned = page)
        {
            Queue(entries, pinned, page.Length);
            return io_uring_wait(entries);
        }
    }

    public void Prefetch() => Queue(entries, Unsafe.AsPointer(ref _kept[0]), _kept.Length);
}
