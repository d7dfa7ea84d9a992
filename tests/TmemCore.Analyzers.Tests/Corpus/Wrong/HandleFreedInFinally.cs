public static class Printer
{
    [DllImport("prn")]
    private static extern int prn_write(nint data, int count);

    public static int Print(byte[] page)
    {
        nint address;
        GCHandle handle = GCHandle.Alloc(page, GCHandleType.Pinned);
        try
        {
            address = handle.AddrOfPinnedObject();
        }
        finally
        {
            handle.Free();
        }

        return prn_write({|TMEM102:address|}, page.Length);
    }
}
