public static class Leases
{
    public static HypercallBuffer Zeroed(int lengthBytes)
    {
        HypercallBuffer lease = HypercallBufferPool.Shared.Rent(lengthBytes);
        lease.Span.Clear();
        return lease;
    }

    public static void Use(Action<nint> use)
    {
        HypercallBuffer lease = Zeroed(4096);
        try
        {
            use(lease.DangerousAddress);
        }
        finally
        {
            lease.Dispose();
        }
    }
}
