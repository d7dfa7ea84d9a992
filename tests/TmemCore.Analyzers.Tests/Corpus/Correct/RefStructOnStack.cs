public unsafe ref struct Builder
{
    private int _value;

    [DllImport("bld")]
    private static extern void bld_add(int* value);

    public void Add() => bld_add((int*)Unsafe.AsPointer(ref _value));

    public static int Two()
    {
        Builder builder = default;
        builder.Add();
        builder.Add();
        return builder._value;
    }
}
