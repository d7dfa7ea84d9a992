public static unsafe class Forward
{
    [DllImport("fw")]
    private static extern int fw_call(void* data, nint length);

    public static int Call(void* data, nint length) => fw_call(data, length);

    public static int CallAt(byte* data, int offset, int length) => fw_call(data + offset, length);

    public static int CallRef(ref readonly byte data, int length)
    {
        fixed (byte* pinned = &data)
        {
            return fw_call(pinned, length);
        }
    }
}
