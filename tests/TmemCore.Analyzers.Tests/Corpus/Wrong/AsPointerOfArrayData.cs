public static unsafe partial class Entropy
{
    [LibraryImport("c")]
    private static partial nint getrandom(byte* buffer, nint length, uint flags);

    private static partial nint getrandom(byte* buffer, nint length, uint flags) => 0;

    public static byte[] Fill(int length)
    {
        byte[] seed = new byte[length];
        getrandom({|TMEM101:(byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(seed))|}, length, 0);
        return seed;
    }
}
