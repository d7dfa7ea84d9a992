public sealed class Logger
{
    private delegate void LogCallback(int level);

    private int _count;

    [DllImport("log")]
    private static extern void log_set(nint callback);

    public void Attach()
    {
        LogCallback callback = level => _count += level;
        nint pointer = {|TMEM111:Marshal.GetFunctionPointerForDelegate(callback)|};
        log_set(pointer);
    }
}
