public static unsafe class Background
{
    [DllImport("bg")]
    private static extern void bg_fill(byte* data, int length);

    public static void Fill()
    {
        byte[] data = new byte[256];
        fixed (byte* pinned = data)
        {
            byte* start = pinned;
            ThreadPool.QueueUserWorkItem(_ => bg_fill({|TMEM102:start|}, 256));
        }
    }
}
