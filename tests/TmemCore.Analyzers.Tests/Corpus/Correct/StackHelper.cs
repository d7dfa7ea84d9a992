// A private helper whose callers pass the stack.
public static unsafe class Cpu
{
    [DllImport("cpu")]
    private static extern void cpuid(uint leaf, uint* registers);

    public static uint Family()
    {
        Span<uint> registers = stackalloc uint[4];
        Fill(1, registers);
        return registers[0];
    }

    private static void Fill(uint leaf, Span<uint> registers) =>
        cpuid(leaf, (uint*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(registers)));
}
