public static class Probe
{
    [DllImport("probe")]
    private static extern void probe_read(nint data);

    public static void Read(byte[] data)
    {
        GCHandle handle = GCHandle.Alloc(data, GCHandleType.Pinned);
        probe_read(handle.AddrOfPinnedObject());
        handle.Free();
        nint again = {|TMEM105:handle.AddrOfPinnedObject()|};
        GC.KeepAlive(again);
    }
}
