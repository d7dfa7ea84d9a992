public static unsafe class Flags
{
    private static int s_flag;

    [DllImport("flags")]
    private static extern void flag_bind(int* flag);

    public static void Bind() => flag_bind({|TMEM103:(int*)Unsafe.AsPointer(ref s_flag)|});
}
