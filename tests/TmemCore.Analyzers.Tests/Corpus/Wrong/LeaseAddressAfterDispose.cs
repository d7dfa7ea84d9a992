public static class Xen
{
    [DllImport("xen")]
    private static extern long xen_call(uint op, nint argument);

    public static long Version()
    {
        nint address;
        using (HypercallBuffer lease = HypercallBufferPool.Shared.Rent(4096))
        {
            address = lease.DangerousAddress;
        }

        return xen_call(17, {|TMEM106:address|});
    }
}
