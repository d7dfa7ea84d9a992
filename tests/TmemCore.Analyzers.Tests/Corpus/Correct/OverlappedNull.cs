public static unsafe class Synchronous
{
    [DllImport("kernel32", SetLastError = true)]
    private static extern int WriteFile(nint file, byte* buffer, int length, int* written, NativeOverlapped* overlapped);

    public static int Write(nint file)
    {
        byte[] buffer = new byte[16];
        int written;
        fixed (byte* pinned = buffer)
        {
            WriteFile(file, pinned, buffer.Length, &written, null);
        }

        return written;
    }
}
