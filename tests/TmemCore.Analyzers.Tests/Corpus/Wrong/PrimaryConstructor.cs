public sealed unsafe class Engine(int size)
{
    private readonly int[] _table = new int[size];

    [DllImport("eng")]
    private static extern void eng_load(int* table);

    public void Load() => eng_load({|TMEM101:(int*)Unsafe.AsPointer(ref _table[0])|});
}
