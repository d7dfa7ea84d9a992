public static unsafe class Modes
{
    [DllImport("modes")]
    private static extern int mode_set(nint table);

    public static int Set(int mode)
    {
        byte[] low = new byte[8];
        byte[] high = new byte[16];
        nint table = mode switch
        {
            0 => (nint)Unsafe.AsPointer(ref low[0]),
            1 => (nint)Unsafe.AsPointer(ref high[0]),
            _ => 0,
        };
        return mode_set({|TMEM101:table|});
    }
}
