public static unsafe class Globals
{
    private static nint s_table;

    public static void Load(string name)
    {
        fixed (char* pinned = name)
        {
            s_table = {|TMEM102:(nint)pinned|};
        }
    }

    public static nint Table => s_table;
}
