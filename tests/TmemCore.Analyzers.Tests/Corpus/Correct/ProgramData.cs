public static unsafe class Shader
{
    private static ReadOnlySpan<byte> Code => [0x03, 0x02, 0x23, 0x07, 0x00, 0x00, 0x01, 0x00];

    private static ReadOnlySpan<byte> EntryPoint => "main\0"u8;

    [DllImport("vk")]
    private static extern int vk_create_shader(void* code, nuint length, byte* entry);

    public static int Create()
    {
        ReadOnlySpan<byte> name = "main\0"u8;
        int first = vk_create_shader(
            Unsafe.AsPointer(ref MemoryMarshal.GetReference(Code)), 8, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(name)));
        int second = vk_create_shader(null, 0, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(EntryPoint)));
        return first + second;
    }
}
