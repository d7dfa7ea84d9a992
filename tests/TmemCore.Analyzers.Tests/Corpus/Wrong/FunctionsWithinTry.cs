public static unsafe class Guarded
{
    [DllImport("guarded")]
    private static extern int guarded_call(void* data);

    public static int Run(Func<Func<int>, int> retry)
    {
        try
        {
            int Once()
            {
                try
                {
                    long[] data = new long[4];
                    return guarded_call({|TMEM101:Unsafe.AsPointer(ref data[0])|});
                }
                catch (IOException)
                {
                    return 0;
                }
            }

            return Once() + retry(() =>
            {
                try
                {
                    long[] data = new long[4];
                    return guarded_call({|TMEM101:Unsafe.AsPointer(ref data[1])|});
                }
                finally
                {
                    GC.Collect();
                }
            });
        }
        finally
        {
            GC.Collect();
        }
    }
}
