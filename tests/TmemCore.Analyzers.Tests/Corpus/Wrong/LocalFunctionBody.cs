public static unsafe class Nested
{
    [DllImport("nest")]
    private static extern int nest_call(void* data);

    public static int Run()
    {
        return Once() + Once();

        static int Once()
        {
            long[] data = new long[4];
            return nest_call({|TMEM101:Unsafe.AsPointer(ref data[0])|});
        }
    }
}
