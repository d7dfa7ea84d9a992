public static class Backend
{
    public interface IRing
    {
        ValueTask<long> SubmitAsync([PinnedBuffer] nint buffer);
    }

    public static async ValueTask<long> Submit(IRing ring)
    {
        using HypercallBuffer buffer = HypercallBufferPool.Shared.Rent(4096);
        long first = await ring.SubmitAsync(buffer.DangerousAddress);
        ValueTask<long> second = ring.SubmitAsync(buffer.DangerousAddress);
        return first + await second.ConfigureAwait(false);
    }
}
