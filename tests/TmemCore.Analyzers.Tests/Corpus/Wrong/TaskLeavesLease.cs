public static class Backend
{
    public interface IRing
    {
        ValueTask<long> SubmitAsync([PinnedBuffer] nint buffer);
    }

    public static ValueTask<long> Submit(IRing ring)
    {
        using HypercallBuffer buffer = HypercallBufferPool.Shared.Rent(4096);
        return {|TMEM112:ring.SubmitAsync(buffer.DangerousAddress)|};
    }
}
