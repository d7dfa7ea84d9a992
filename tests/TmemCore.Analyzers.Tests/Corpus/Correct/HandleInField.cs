public sealed class PinnedBlock : IDisposable
{
    private readonly byte[] _block = new byte[4096];
    private GCHandle _handle;

    [DllImport("blk")]
    private static extern int blk_submit(nint data, int length);

    public PinnedBlock() => _handle = GCHandle.Alloc(_block, GCHandleType.Pinned);

    public nint Address => Marshal.UnsafeAddrOfPinnedArrayElement(_block, 0);

    public int Submit() => blk_submit(Marshal.UnsafeAddrOfPinnedArrayElement(_block, 512), 512) + blk_submit(_handle.AddrOfPinnedObject(), 512);

    public void Dispose()
    {
        if (_handle.IsAllocated)
        {
            _handle.Free();
        }
    }
}
