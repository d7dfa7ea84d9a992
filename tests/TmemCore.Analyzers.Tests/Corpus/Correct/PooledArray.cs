public static unsafe class Lz
{
    [DllImport("lz")]
    private static extern int lz_pack(byte* output, int length);

    public static int Pack(int length)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            fixed (byte* output = rented)
            {
                return lz_pack(output, length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
