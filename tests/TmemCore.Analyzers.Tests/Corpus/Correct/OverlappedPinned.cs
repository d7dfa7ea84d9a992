// The overlapped structure pins the buffer until the operation is over; fixed only gives its address.
public static unsafe class Bound
{
    [DllImport("kernel32", SetLastError = true)]
    private static extern int WriteFile(SafeHandle file, byte* buffer, int length, int* written, NativeOverlapped* overlapped);

    public static bool Begin(ThreadPoolBoundHandle bound, IOCompletionCallback done, int length)
    {
        byte[] buffer = new byte[length];
        NativeOverlapped* overlapped = bound.AllocateNativeOverlapped(done, null, buffer);
        fixed (byte* pinned = buffer)
        {
            return WriteFile(bound.Handle, pinned, buffer.Length, null, overlapped) != 0;
        }
    }
}
