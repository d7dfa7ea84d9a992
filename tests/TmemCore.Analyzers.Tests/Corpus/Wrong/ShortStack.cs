public static unsafe class Header
{
    private const int HeaderBytes = 128;

    [DllImport("hdr")]
    private static extern void hdr_get([PinnedBuffer(MinimumBytes = HeaderBytes)] byte* header);

    public static byte First()
    {
        byte* header = stackalloc byte[64];
        hdr_get({|TMEM108:header|});
        return header[0];
    }
}
