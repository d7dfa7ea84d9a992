public static class Translator
{
    public static T Read<T>(byte[] bytes, int index)
        where T : struct
    {
        GCHandle handle = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            nint address = (nint)((long)handle.AddrOfPinnedObject() + index);
            return Marshal.PtrToStructure<T>(address);
        }
        finally
        {
            handle.Free();
        }
    }
}
