public sealed unsafe class Statistics
{
    private long _frames;

    [DllImport("stat")]
    private static extern void stat_frames(long* value);

    public long Frames
    {
        get
        {
            stat_frames({|TMEM101:(long*)Unsafe.AsPointer(ref _frames)|});
            return _frames;
        }
    }
}
