public sealed unsafe class Engine(int size)
{
    private readonly int[] _table = GC.AllocateArray<int>(size, pinned: true);

    [DllImport("eng")]
    private static extern void eng_load(int* table);

    public void Load() => eng_load((int*)Unsafe.AsPointer(ref _table[0]));
}
