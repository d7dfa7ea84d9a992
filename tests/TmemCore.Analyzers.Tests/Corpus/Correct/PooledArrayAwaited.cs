public static class Relay
{
    public static async Task<int> ForwardAsync(Stream source, Stream target)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            int total = 0;
            int read;
            while ((read = await source.ReadAsync(rented.AsMemory())) > 0)
            {
                Task write = target.WriteAsync(rented, 0, read);
                await write;
                total += read;
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
