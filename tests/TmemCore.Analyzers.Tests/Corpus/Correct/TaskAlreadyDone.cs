public static class Quick
{
    public static async ValueTask<int> ReadAsync(Stream source)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(64);
        ValueTask<int> read = source.ReadAsync(rented.AsMemory());
        if (read.IsCompletedSuccessfully)
        {
            ArrayPool<byte>.Shared.Return(rented);
            return read.Result;
        }

        int count = await read;
        ArrayPool<byte>.Shared.Return(rented);
        return count;
    }
}
