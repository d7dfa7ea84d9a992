public static unsafe class Enumerator
{
    [DllImport("setup")]
    private static extern int setup_list(void* buffer, ref int length);

    public static byte[] List()
    {
        int length = 256;
        void* buffer = NativeMemory.Alloc((nuint)length);
        while (setup_list(buffer, ref length) == 122)
        {
            NativeMemory.Free(buffer);
            buffer = NativeMemory.Alloc((nuint)length);
        }

        byte[] all = new Span<byte>(buffer, length).ToArray();
        NativeMemory.Free(buffer);
        return all;
    }
}
