public struct Descriptor
{
    [PinnedBuffer]
    public ulong Address;
    public uint Length;
}

public static unsafe class Ring
{
    public static Descriptor Describe(int length)
    {
        byte[] buffer = new byte[length];
        Descriptor descriptor = default;
        descriptor.Address = {|TMEM101:(ulong)Unsafe.AsPointer(ref buffer[0])|};
        descriptor.Length = (uint)length;
        return descriptor;
    }
}
