public static unsafe class Lists
{
    [DllImport("lists")]
    private static extern void list_sort(int* values, int count);

    public static void Sort(List<int> values)
    {
        Span<int> storage = CollectionsMarshal.AsSpan(values);
        list_sort({|TMEM101:(int*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(storage))|}, storage.Length);
    }
}
