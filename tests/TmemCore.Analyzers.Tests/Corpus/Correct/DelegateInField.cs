public sealed class Hooks
{
    private delegate int HookProcedure(int code, nint wide, nint @long);

    private readonly HookProcedure _procedure;

    public Hooks() => _procedure = OnKey;

    [DllImport("user32")]
    private static extern nint SetWindowsHookEx(int hook, nint procedure, nint module, uint thread);

    public nint Install() => SetWindowsHookEx(13, Marshal.GetFunctionPointerForDelegate(_procedure), 0, 0);

    private int OnKey(int code, nint wide, nint @long) => code;
}
