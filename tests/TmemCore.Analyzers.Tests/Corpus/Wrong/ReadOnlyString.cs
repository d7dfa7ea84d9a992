public static unsafe class Names
{
    [DllImport("names")]
    private static extern int name_upper([PinnedBuffer(IsWritten = true)] char* name, int length);

    public static string Upper(string name)
    {
        fixed (char* pinned = name)
        {
            name_upper({|TMEM107:pinned|}, name.Length);
        }

        return name;
    }
}
