public static class Hooks
{
    private delegate int HookProcedure(int code, nint wide, nint @long);

    [DllImport("user32")]
    private static extern nint SetWindowsHookEx(int hook, nint procedure, nint module, uint thread);

    public static nint Install() => SetWindowsHookEx(13, {|TMEM111:Marshal.GetFunctionPointerForDelegate(new HookProcedure(OnKey))|}, 0, 0);

    private static int OnKey(int code, nint wide, nint @long) => code;
}
