public struct Timespec
{
    public long Seconds;
    public long Nanoseconds;
}

public static unsafe class Clock
{
    [DllImport("c")]
    private static extern int clock_gettime(int clock, Timespec* time);

    public static int Get(ref Timespec time) => clock_gettime(1, {|TMEM103:(Timespec*)Unsafe.AsPointer(ref time)|});
}
