public static unsafe class Allocation
{
    public static byte* Take(int length)
    {
        byte[] block = new byte[length];
        return {|TMEM102:(byte*)Unsafe.AsPointer(ref block[0])|};
    }
}
