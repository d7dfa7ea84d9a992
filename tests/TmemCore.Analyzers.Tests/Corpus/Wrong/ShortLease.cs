public static class Listing
{
    [DllImport("lst")]
    private static extern long lst_get([PinnedBuffer(MinimumBytes = 4096)] nint buffer);

    public static long Get()
    {
        using HypercallBuffer buffer = HypercallBufferPool.Shared.Rent(512);
        return lst_get({|TMEM108:buffer.DangerousAddress|});
    }
}
