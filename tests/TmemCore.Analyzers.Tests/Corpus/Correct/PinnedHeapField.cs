public sealed unsafe class RingBuffer
{
    private readonly byte[] _ring = GC.AllocateArray<byte>(65536, pinned: true);

    [DllImport("ring")]
    private static extern int ring_attach(nint start, int length);

    public int Attach() => ring_attach((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_ring)), _ring.Length);

    public int AttachHalf() => ring_attach(Marshal.UnsafeAddrOfPinnedArrayElement(_ring, 32768), 32768);
}
