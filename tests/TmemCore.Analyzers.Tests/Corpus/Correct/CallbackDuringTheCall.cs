public static class Enumeration
{
    private delegate int EnumProcedure(nint window, nint state);

    [DllImport("user32")]
    private static extern int EnumWindows(EnumProcedure procedure, nint state);

    public static List<nint> All()
    {
        List<nint> windows = [];
        EnumWindows((window, _) => { windows.Add(window); return 1; }, 0);
        return windows;
    }
}
