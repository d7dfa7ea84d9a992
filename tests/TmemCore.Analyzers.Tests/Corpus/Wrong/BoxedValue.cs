public static unsafe class Boxes
{
    [DllImport("box")]
    private static extern void box_fill(long* value);

    public static object Fill()
    {
        object box = 0L;
        box_fill({|TMEM101:(long*)Unsafe.AsPointer(ref Unsafe.Unbox<long>(box))|});
        return box;
    }
}
