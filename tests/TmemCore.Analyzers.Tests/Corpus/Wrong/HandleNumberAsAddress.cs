public static class Registry
{
    [DllImport("reg")]
    private static extern void reg_add([PinnedBuffer] nint data);

    public static void Add(byte[] data)
    {
        GCHandle handle = GCHandle.Alloc(data, GCHandleType.Pinned);
        reg_add({|TMEM105:GCHandle.ToIntPtr(handle)|});
        handle.Free();
    }
}
