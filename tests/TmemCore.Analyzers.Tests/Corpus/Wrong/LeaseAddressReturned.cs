public static class Grants
{
    public static nint Table(int count)
    {
        using HypercallBuffer lease = HypercallBufferPool.Shared.Rent(count * 8);
        lease.Span.Clear();
        return {|TMEM106:lease.DangerousAddress|};
    }
}
