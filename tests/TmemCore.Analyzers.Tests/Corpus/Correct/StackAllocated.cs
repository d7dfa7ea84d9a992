public static unsafe class Path2
{
    [DllImport("c")]
    private static extern nint readlink(byte* path, byte* buffer, nuint length);

    public static string? Read(string path)
    {
        Span<byte> name = stackalloc byte[256];
        int length = System.Text.Encoding.UTF8.GetBytes(path, name);
        name[length] = 0;
        byte* target = stackalloc byte[1024];
        nint read = readlink((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(name)), target, 1024);
        return read < 0 ? null : System.Text.Encoding.UTF8.GetString(target, (int)read);
    }
}
