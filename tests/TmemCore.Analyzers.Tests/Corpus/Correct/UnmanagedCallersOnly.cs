public static unsafe class Callbacks
{
    [DllImport("cb")]
    private static extern void cb_set(delegate* unmanaged<int, void> callback, void* state);

    private static int s_last;

    public static void Attach() => cb_set(&OnEvent, null);

    [UnmanagedCallersOnly]
    private static void OnEvent(int value) => s_last = value;
}
