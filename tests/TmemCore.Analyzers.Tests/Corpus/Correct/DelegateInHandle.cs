public sealed class Logger
{
    private delegate void LogCallback(int level);

    private GCHandle _alive;

    [DllImport("log")]
    private static extern void log_set(nint callback);

    public void Attach(Action<int> sink)
    {
        LogCallback callback = level => sink(level);
        _alive = GCHandle.Alloc(callback);
        log_set(Marshal.GetFunctionPointerForDelegate(callback));
    }

    public void Detach()
    {
        log_set(0);
        _alive.Free();
    }
}
