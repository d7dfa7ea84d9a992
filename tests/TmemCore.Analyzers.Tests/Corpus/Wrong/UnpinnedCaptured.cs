public static unsafe class Later
{
    [DllImport("later")]
    private static extern void later_run(nint data);

    public static Task Run()
    {
        byte[] data = new byte[16];
        nint address = (nint)Unsafe.AsPointer(ref data[0]);
        return Task.Run(() => later_run({|TMEM101:address|}));
    }
}
