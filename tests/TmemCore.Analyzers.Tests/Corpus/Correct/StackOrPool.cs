// Small on the stack, large from the pool, pinned either way.
public static unsafe class Utf8Call
{
    [DllImport("lib")]
    private static extern int lib_open(byte* name);

    public static int Open(string name)
    {
        int length = System.Text.Encoding.UTF8.GetMaxByteCount(name.Length) + 1;
        byte[]? rented = null;
        Span<byte> bytes = length <= 256 ? stackalloc byte[256] : (rented = ArrayPool<byte>.Shared.Rent(length));
        try
        {
            int written = System.Text.Encoding.UTF8.GetBytes(name, bytes);
            bytes[written] = 0;
            fixed (byte* pinned = bytes)
            {
                return lib_open(pinned);
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }
}
