// The lambda makes the local a field of an object on the heap.
public static unsafe class Counter
{
    [DllImport("counter")]
    private static extern void counter_bind(int* value);

    public static Func<int> Bind()
    {
        int value = 0;
        Func<int> read = () => value;
        counter_bind({|TMEM101:(int*)Unsafe.AsPointer(ref value)|});
        return read;
    }
}
