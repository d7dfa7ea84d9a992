public static class Library
{
    [DllImport("dl")]
    private static extern nint dlopen(nint name, int flags);

    public static nint Open(string name)
    {
        nint text = Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            return dlopen(text, 2);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }
}
