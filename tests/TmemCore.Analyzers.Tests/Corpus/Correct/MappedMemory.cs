public sealed unsafe class Mapping : IDisposable
{
    private readonly byte* _start;
    private readonly nuint _length;

    [DllImport("c", SetLastError = true)]
    private static extern void* mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [DllImport("c")]
    private static extern int munmap(void* address, nuint length);

    [DllImport("c")]
    private static extern int msync(void* address, nuint length, int flags);

    public Mapping(int fd, nuint length)
    {
        void* mapped = mmap(null, length, 3, 1, fd, 0);
        if ((nint)mapped == -1)
        {
            throw new IOException("mmap", Marshal.GetLastPInvokeError());
        }

        _start = (byte*)mapped;
        _length = length;
    }

    public Span<byte> Span => new(_start, checked((int)_length));

    public void Flush()
    {
        ref byte first = ref MemoryMarshal.GetReference(Span);
        msync(Unsafe.AsPointer(ref first), _length, 4);
    }

    public void Dispose() => munmap(_start, _length);
}
