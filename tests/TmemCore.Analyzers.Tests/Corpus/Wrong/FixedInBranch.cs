public static unsafe class Chooser
{
    [DllImport("chooser")]
    private static extern void choose(byte* data);

    public static void Choose(bool small)
    {
        byte[] one = new byte[8], many = new byte[800];
        byte* data;
        if (small)
        {
            fixed (byte* pinned = one)
            {
                data = pinned;
            }
        }
        else
        {
            fixed (byte* pinned = many)
            {
                data = pinned;
            }
        }

        choose({|TMEM101:(byte*)Unsafe.AsPointer(ref one[0])|});
    }
}
