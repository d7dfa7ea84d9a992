public static unsafe class Entropy
{
    [DllImport("c")]
    private static extern nint getrandom(byte* buffer, nuint length, uint flags);

    public static byte[] Fill(int length)
    {
        byte[] seed = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        getrandom((byte*)Unsafe.AsPointer(ref seed[0]), (nuint)length, 0);
        return seed;
    }
}
