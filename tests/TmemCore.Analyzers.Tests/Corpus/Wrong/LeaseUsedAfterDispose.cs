public static class Console2
{
    public static int Read()
    {
        HypercallBuffer lease = HypercallBufferPool.Shared.Rent(256);
        lease.Span.Clear();
        lease.Dispose();
        return {|TMEM106:lease.Span|}[0];
    }
}
