public static unsafe class Banner
{
    [DllImport("banner")]
    private static extern void banner_format([PinnedBuffer(IsWritten = true)] byte* text);

    public static void Format()
    {
        fixed (byte* text = "hello, guest"u8)
        {
            banner_format({|TMEM107:text|});
        }
    }
}
