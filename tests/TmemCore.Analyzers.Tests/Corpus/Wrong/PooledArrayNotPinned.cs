public static unsafe class Zstd
{
    [DllImport("zstd")]
    private static extern nuint ZSTD_compressBound(void* source, nuint length);

    public static nuint Bound(int length)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return ZSTD_compressBound({|TMEM101:Unsafe.AsPointer(ref rented[0])|}, (nuint)length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
