public static class ProcessMemory
{
    [DllImport("kernel32", SetLastError = true)]
    private static extern bool ReadProcessMemory(SafeHandle process, nint address, nint buffer, nuint size, out nuint read);

    public static byte[]? Read(SafeHandle process, nint address, int length)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(length);
        GCHandle pin = GCHandle.Alloc(buffer, GCHandleType.Pinned);
        try
        {
            return ReadProcessMemory(process, address, pin.AddrOfPinnedObject(), (nuint)length, out _) ? buffer : null;
        }
        finally
        {
            pin.Free();
        }
    }
}
