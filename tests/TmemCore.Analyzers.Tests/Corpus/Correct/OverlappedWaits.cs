public static unsafe class Pipe
{
    [DllImport("kernel32", SetLastError = true)]
    private static extern int ReadFile(nint file, byte* buffer, int length, int* read, NativeOverlapped* overlapped);

    [DllImport("kernel32", SetLastError = true)]
    private static extern int GetOverlappedResult(nint file, NativeOverlapped* overlapped, int* read, int wait);

    public static int Read(nint file, nint signal, int length)
    {
        byte[] buffer = new byte[length];
        NativeOverlapped overlapped = default;
        overlapped.EventHandle = signal;
        fixed (byte* pinned = buffer)
        {
            int read;
            if (ReadFile(file, pinned, buffer.Length, null, &overlapped) == 0 && Marshal.GetLastPInvokeError() != 997)
            {
                return -1;
            }

            return GetOverlappedResult(file, &overlapped, &read, 1) != 0 ? read : -1;
        }
    }
}
