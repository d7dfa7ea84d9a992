public static class Early
{
    public static Task<int> ReadAsync(Stream source)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(64);
        try
        {
            return {|TMEM109:source.ReadAsync(rented, 0, 64)|};
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
