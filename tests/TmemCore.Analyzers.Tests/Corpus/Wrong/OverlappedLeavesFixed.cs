public static unsafe class Pipe
{
    [DllImport("kernel32", SetLastError = true)]
    private static extern int ReadFile(nint file, byte* buffer, int length, int* read, NativeOverlapped* overlapped);

    public static int Begin(nint file, NativeOverlapped* overlapped)
    {
        byte[] buffer = new byte[1024];
        fixed (byte* pinned = buffer)
        {
            int started = {|TMEM112:ReadFile(file, pinned, buffer.Length, null, overlapped)|};
            return started == 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }
}
