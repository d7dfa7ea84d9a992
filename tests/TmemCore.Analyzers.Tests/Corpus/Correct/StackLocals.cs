public struct Timespec
{
    public long Seconds;
    public long Nanoseconds;
}

public static unsafe class Clock
{
    [DllImport("c")]
    private static extern int clock_gettime(int clock, Timespec* time);

    [DllImport("c")]
    private static extern int clock_getres(int clock, nint time);

    public static long Now()
    {
        Timespec time;
        clock_gettime(1, &time);
        Timespec resolution = default;
        clock_getres(1, (nint)Unsafe.AsPointer(ref resolution));
        clock_gettime(1, (Timespec*)Unsafe.AsPointer(ref time));
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds + resolution.Nanoseconds;
    }
}
