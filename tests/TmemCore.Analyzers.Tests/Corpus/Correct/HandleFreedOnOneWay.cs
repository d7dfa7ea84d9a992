public static class Conditional
{
    [DllImport("cond")]
    private static extern int cond_send(nint data);

    public static int Send(byte[] data, bool early)
    {
        GCHandle handle = GCHandle.Alloc(data, GCHandleType.Pinned);
        nint address = handle.AddrOfPinnedObject();
        if (early)
        {
            handle.Free();
            return 0;
        }

        int sent = cond_send(address);
        handle.Free();
        return sent;
    }
}
