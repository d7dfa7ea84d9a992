public unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public void* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
}

public unsafe struct Vector
{
    public void* Base;
    public nuint Length;
}

public static unsafe class Messages
{
    [DllImport("c", SetLastError = true)]
    private static extern nint recvmsg(int fd, MessageHeader* header, int flags);

    public static nint Receive(int fd, Span<byte> data, Span<byte> address)
    {
        byte* control = stackalloc byte[64];
        fixed (byte* body = data, name = address)
        {
            Vector vector;
            vector.Base = body;
            vector.Length = (nuint)data.Length;
            MessageHeader header = default;
            header.Name = name;
            header.NameLength = (uint)address.Length;
            header.Vectors = &vector;
            header.VectorCount = 1;
            header.Control = control;
            header.ControlLength = 64;
            return recvmsg(fd, &header, 0);
        }
    }
}
