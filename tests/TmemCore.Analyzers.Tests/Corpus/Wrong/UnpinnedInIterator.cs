public static class Frames
{
    [DllImport("frames")]
    private static extern int frame_next(nint data);

    public static IEnumerable<int> All(int count)
    {
        byte[] frame = new byte[640];
        for (int i = 0; i < count; i++)
        {
            yield return frame_next({|TMEM101:Marshal.UnsafeAddrOfPinnedArrayElement(frame, 0)|});
        }
    }
}
