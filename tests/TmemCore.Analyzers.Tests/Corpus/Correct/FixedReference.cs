public static unsafe class Socket6
{
    [DllImport("c", SetLastError = true)]
    private static extern nint recv(int fd, byte* buffer, nuint length, int flags);

    public static int Receive(int fd, Span<byte> target, int offset)
    {
        fixed (byte* pinned = &MemoryMarshal.GetReference(target))
        {
            nint received = recv(fd, pinned + offset, (nuint)(target.Length - offset), 0);
            return received < 0 ? -Marshal.GetLastPInvokeError() : (int)received;
        }
    }
}
