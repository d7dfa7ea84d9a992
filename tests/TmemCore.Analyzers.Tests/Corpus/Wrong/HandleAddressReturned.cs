public static class Pinner
{
    public static nint Pin(int[] table)
    {
        GCHandle handle = GCHandle.Alloc(table, GCHandleType.Pinned);
        try
        {
            return {|TMEM102:handle.AddrOfPinnedObject()|};
        }
        finally
        {
            handle.Free();
        }
    }
}
