public unsafe struct Settings
{
    public byte* Name;
    public byte* Version;
}

public static unsafe class Gui
{
    private static readonly byte[] s_version = GC.AllocateArray<byte>(16, pinned: true);

    [DllImport("gui")]
    private static extern int gui_run(Settings* settings);

    public static int Run(Settings* settings, byte[] name)
    {
        settings->Version = (byte*)Unsafe.AsPointer(ref s_version[0]);
        fixed (byte* pinned = name)
        {
            settings->Name = pinned;
            int result = gui_run(settings);
            settings->Name = null;
            return result;
        }
    }
}
