public static unsafe class Text
{
    public static char* Pointer(string value)
    {
        fixed (char* pinned = value)
        {
            return {|TMEM102:pinned|};
        }
    }
}
