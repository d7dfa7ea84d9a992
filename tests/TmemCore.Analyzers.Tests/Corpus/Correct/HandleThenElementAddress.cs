public static class Modem
{
    [DllImport("modem")]
    private static extern int modem_send(IntPtr buffer, int length);

    public static int Send(byte[] frame, int offset)
    {
        var handle = GCHandle.Alloc(frame, GCHandleType.Pinned);
        try
        {
            return modem_send(Marshal.UnsafeAddrOfPinnedArrayElement(frame, offset), frame.Length - offset);
        }
        finally
        {
            if (handle.IsAllocated)
            {
                handle.Free();
            }
        }
    }
}
