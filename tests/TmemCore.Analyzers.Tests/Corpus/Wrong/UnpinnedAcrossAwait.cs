public static class Uploader
{
    [DllImport("up")]
    private static extern int up_send(nint data, int length);

    public static async Task<int> UploadAsync(Stream source)
    {
        byte[] block = new byte[8192];
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(block, 0);
        int read = await source.ReadAsync(block);
        return up_send({|TMEM101:address|}, read);
    }
}
