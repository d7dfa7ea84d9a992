public static class Relay
{
    public static async Task<int> ForwardAsync(Stream source)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(4096);
        Task<int> read = source.ReadAsync(rented, 0, rented.Length);
        {|TMEM109:ArrayPool<byte>.Shared.Return(rented)|};
        return await read;
    }
}
