public static unsafe class Modes
{
    [DllImport("modes")]
    private static extern int mode_set(byte* table);

    public static int Set(int mode, byte[] low, byte[] high)
    {
        fixed (byte* first = low, second = high)
        {
            byte* table = mode switch { 0 => first, 1 => second, _ => null };
            return mode_set(table);
        }
    }
}
