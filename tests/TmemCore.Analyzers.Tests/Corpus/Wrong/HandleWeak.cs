public static class Lens
{
    [DllImport("lens")]
    private static extern int lens_map(nint data);

    public static int Map(float[] curve)
    {
        GCHandle handle = GCHandle.Alloc(curve, GCHandleType.Weak);
        try
        {
            return lens_map({|TMEM105:handle.AddrOfPinnedObject()|});
        }
        finally
        {
            handle.Free();
        }
    }
}
