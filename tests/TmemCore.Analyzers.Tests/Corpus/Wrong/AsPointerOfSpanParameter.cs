public static unsafe class Socket
{
    [DllImport("c", SetLastError = true)]
    private static extern nint send(int fd, void* buffer, nuint length, int flags);

    public static nint Send(int fd, ReadOnlySpan<byte> data) =>
        send(fd, {|TMEM103:Unsafe.AsPointer(ref MemoryMarshal.GetReference(data))|}, (nuint)data.Length, 0);
}
