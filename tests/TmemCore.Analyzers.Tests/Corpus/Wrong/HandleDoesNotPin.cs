public static class Tape
{
    [DllImport("tape")]
    private static extern int tape_write(nint data);

    public static int Write(byte[] block)
    {
        GCHandle handle = GCHandle.Alloc(block);
        int result = tape_write({|TMEM105:handle.AddrOfPinnedObject()|});
        handle.Free();
        return result;
    }
}
