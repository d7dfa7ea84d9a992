public static class Xen
{
    [DllImport("xen")]
    private static extern long xen_call(uint op, [PinnedBuffer(MinimumBytes = 4096, IsWritten = true)] nint argument);

    public static byte First()
    {
        using HypercallBuffer lease = HypercallBufferPool.Shared.Rent(4096);
        lease.Span.Clear();
        xen_call(17, lease.DangerousAddress);
        return lease.Span[0];
    }
}
