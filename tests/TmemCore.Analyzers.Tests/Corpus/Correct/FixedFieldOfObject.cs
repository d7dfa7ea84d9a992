public sealed unsafe class Statistics
{
    private long _frames;

    [DllImport("stat")]
    private static extern void stat_frames(long* value);

    public long Frames
    {
        get
        {
            fixed (long* frames = &_frames)
            {
                stat_frames(frames);
            }

            return _frames;
        }
    }
}
