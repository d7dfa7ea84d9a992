public static unsafe class Windows
{
    [DllImport("user32")]
    private static extern int MessageBoxW(nint owner, char* text, char* caption, uint type);

    public static int Show(string text, string caption)
    {
        fixed (char* first = text, second = caption)
        {
            return MessageBoxW(0, first, second, 0);
        }
    }
}
