public static class Sorting
{
    private delegate int Comparer(nint left, nint right);

    [DllImport("c")]
    private static extern void qsort(nint values, nuint count, nuint size, nint comparer);

    public static void Sort(nint values, nuint count)
    {
        Comparer comparer = (left, right) => Marshal.ReadInt32(left).CompareTo(Marshal.ReadInt32(right));
        qsort(values, count, 4, Marshal.GetFunctionPointerForDelegate(comparer));
        GC.KeepAlive(comparer);
    }
}
