public static unsafe class Scratch
{
    [return: PinnedBuffer]
    public static nint Take()
    {
        byte[] scratch = new byte[128];
        return {|TMEM101:(nint)Unsafe.AsPointer(ref scratch[0])|};
    }
}
