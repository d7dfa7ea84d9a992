public static class Events
{
    [DllImport("evt")]
    private static extern long evt_wait(nint argument);

    public static long Wait()
    {
        HypercallBuffer {|TMEM106:lease|} = HypercallBufferPool.Shared.Rent(64);
        return evt_wait(lease.DangerousAddress);
    }
}
