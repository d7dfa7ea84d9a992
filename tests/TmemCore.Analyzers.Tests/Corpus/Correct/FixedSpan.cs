public static unsafe class Socket
{
    [DllImport("c", SetLastError = true)]
    private static extern nint send(int fd, void* buffer, nuint length, int flags);

    public static nint Send(int fd, ReadOnlySpan<byte> data)
    {
        fixed (byte* pinned = data)
        {
            return send(fd, pinned, (nuint)data.Length, 0);
        }
    }
}
