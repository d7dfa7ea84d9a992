public static class Files
{
    [DllImport("kernel32", SetLastError = true)]
    private static extern nint CreateFileW(nint name, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [DllImport("kernel32")]
    private static extern int CloseHandle(nint handle);

    private static nint s_handle = -1;

    public static void Open(nint name)
    {
        s_handle = CreateFileW(name, 0x80000000, 1, 0, 3, 0x40000000, 0);
        long offset = 4096;
        nint cookie = (nint)offset;
        CloseHandle(s_handle + (cookie - cookie));
    }
}
