public static unsafe class Identifiers
{
    public static ref readonly Guid Unknown
    {
        get
        {
            ReadOnlySpan<byte> data = [0, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46];
            return ref Unsafe.As<byte, Guid>(ref MemoryMarshal.GetReference(data));
        }
    }

    [DllImport("ole32")]
    private static extern int CoCreateInstance(Guid* type, void* outer, uint context, Guid* wanted, void** made);

    public static int Create(Guid type, void** made) =>
        CoCreateInstance(&type, null, 1, (Guid*)Unsafe.AsPointer(ref Unsafe.AsRef(in Unknown)), made);
}
