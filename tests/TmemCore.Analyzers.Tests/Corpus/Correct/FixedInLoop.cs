public static unsafe class Serial
{
    [DllImport("c", SetLastError = true)]
    private static extern nint write(int fd, byte* buffer, nuint length);

    public static void WriteAll(int fd, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            nint written;
            fixed (byte* pinned = data)
            {
                written = write(fd, pinned, (nuint)data.Length);
            }

            if (written < 0)
            {
                throw new IOException("write", Marshal.GetLastPInvokeError());
            }

            data = data[(int)written..];
        }
    }
}
