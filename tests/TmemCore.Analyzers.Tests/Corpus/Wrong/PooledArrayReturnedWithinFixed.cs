public static unsafe class Lz
{
    [DllImport("lz")]
    private static extern int lz_pack(byte* output, int length);

    public static int Pack(int length)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        fixed (byte* output = rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
            return lz_pack({|TMEM109:output|}, length);
        }
    }
}
