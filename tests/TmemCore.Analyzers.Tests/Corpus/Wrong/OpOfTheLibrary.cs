public static unsafe class Listing
{
    public static ListOp Describe()
    {
        byte[] text = new byte[32768];
        return new ListOp { ClientId = 0xFFFF, BufferBytes = 32768, Buffer = {|TMEM101:(ulong)Unsafe.AsPointer(ref text[0])|} };
    }
}
