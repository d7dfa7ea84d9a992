public static class Camera
{
    [DllImport("cam")]
    private static extern int cam_capture(nint buffer, int length);

    public static int Capture(byte[] frame) => cam_capture({|TMEM103:Marshal.UnsafeAddrOfPinnedArrayElement(frame, 0)|}, frame.Length);
}
