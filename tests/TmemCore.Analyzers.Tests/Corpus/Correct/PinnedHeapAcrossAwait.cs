public static class Uploader
{
    [DllImport("up")]
    private static extern int up_send(nint data, int length);

    public static async Task<int> UploadAsync(Stream source)
    {
        byte[] block = GC.AllocateUninitializedArray<byte>(8192, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(block, 0);
        int read = await source.ReadAsync(block);
        return up_send(address, read);
    }
}
