public static class Storage
{
    [DllImport("st")]
    private static extern int st_begin(nint data, int length);

    [DllImport("st")]
    private static extern int st_end(nint data);

    public static async Task<int> WriteAsync(Memory<byte> data)
    {
        using MemoryHandle handle = data.Pin();
        nint address = AddressOf(handle);
        st_begin(address, data.Length);
        while (st_end(address) == 0)
        {
            await Task.Delay(1);
        }

        return data.Length;
    }

    private static unsafe nint AddressOf(MemoryHandle handle) => (nint)handle.Pointer;
}
