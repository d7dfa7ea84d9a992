public static class Pair
{
    public static async Task<int> ReadBothAsync(Stream first, Stream second)
    {
        byte[] a = ArrayPool<byte>.Shared.Rent(512), b = ArrayPool<byte>.Shared.Rent(512);
        Task<int> one = first.ReadAsync(a, 0, 512);
        Task<int> two = second.ReadAsync(b, 0, 512);
        int[] counts = await Task.WhenAll(one, two);
        ArrayPool<byte>.Shared.Return(a);
        ArrayPool<byte>.Shared.Return(b);
        return counts[0] + counts[1];
    }
}
