public struct WsaBuffer
{
    public uint Length;
    public IntPtr Pointer;
}

public static class Winsock
{
    [DllImport("ws2_32")]
    private static extern int WSASend(IntPtr socket, ref WsaBuffer buffers, int count);

    public static int Send(IntPtr socket, int length)
    {
        byte[] data = new byte[length];
        WsaBuffer buffer = default;
        buffer.Length = (uint)length;
        buffer.Pointer = Marshal.UnsafeAddrOfPinnedArrayElement(data, 0);
        return WSASend(socket, ref {|TMEM101:buffer|}, 1);
    }
}
