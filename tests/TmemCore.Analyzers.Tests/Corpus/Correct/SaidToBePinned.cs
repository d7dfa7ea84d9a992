public static unsafe class Io
{
    [DllImport("io")]
    private static extern int io_start(nint data, int length);

    /// <param name="pinnedBuffer">An array the caller has pinned.</param>
    public static int Start(byte[] pinnedBuffer) => io_start(Marshal.UnsafeAddrOfPinnedArrayElement(pinnedBuffer, 0), pinnedBuffer.Length);
}
