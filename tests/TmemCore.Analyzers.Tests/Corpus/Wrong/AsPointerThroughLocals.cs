// The reference, the pointer and the integer are each kept in a local of their own.
public static unsafe class Port
{
    [DllImport("port")]
    private static extern void port_write(nint address, int count);

    public static void Send(int count)
    {
        byte[] data = new byte[64];
        ref byte first = ref data[0];
        void* pointer = Unsafe.AsPointer(ref first);
        nint address = (nint)pointer;
        ulong wide = (ulong)address + 16;
        port_write({|TMEM101:(nint)wide|}, count);
    }
}
