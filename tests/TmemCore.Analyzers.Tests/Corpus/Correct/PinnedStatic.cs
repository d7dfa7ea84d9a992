public static unsafe class Shared
{
    private static readonly int[] s_slots = GC.AllocateArray<int>(64, pinned: true);

    [FixedAddressValueType]
    private static long s_counter;

    [DllImport("shared")]
    private static extern void shared_bind(int* slots, long* counter);

    public static void Bind() => shared_bind((int*)Unsafe.AsPointer(ref s_slots[0]), (long*)Unsafe.AsPointer(ref s_counter));
}
