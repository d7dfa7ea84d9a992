public struct WsaBuffer
{
    public uint Length;
    public nint Pointer;
}

public static unsafe class Winsock
{
    [DllImport("ws2_32")]
    private static extern int WSASend(nint socket, WsaBuffer* buffers, uint count, uint* sent, uint flags, void* overlapped, void* routine);

    public static int Send(nint socket, ReadOnlySpan<byte> data)
    {
        fixed (byte* pinned = &MemoryMarshal.GetReference(data))
        {
            WsaBuffer buffer = default;
            buffer.Length = (uint)data.Length;
            buffer.Pointer = (nint)pinned;
            uint sent;
            return WSASend(socket, &buffer, 1, &sent, 0, null, null) == 0 ? (int)sent : -1;
        }
    }
}
